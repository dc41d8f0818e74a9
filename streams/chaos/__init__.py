"""Faults on purpose: a seeded campaign over real processes under load, and what it found."""
