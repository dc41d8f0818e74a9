"""Fixtures for the replay tests of others: a pytest plugin that loads nothing until it is used."""
