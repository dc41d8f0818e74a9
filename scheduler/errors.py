"""Failures of the scheduler room."""


class SchedulerError(Exception):
    """A policy, pool or estimate that cannot be used; the message says why."""


class UnknownModelError(SchedulerError):
    """No declared pool serves the model."""
