"""Claim checks: payloads that lie elsewhere, named by an event's ``dataref``."""
