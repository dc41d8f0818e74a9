"""Tests of what surrounds each net."""
