"""Fixtures for all tests."""

from functools import cache

import pytest
from hypothesis import HealthCheck, settings

from scheduler.warming import warm
from tests.support.broker import broker, topic_prefix

__all__ = ["broker", "topic_prefix"]

# time decides no test: a busy machine draws its examples slowly
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Apps that a test starts find their policy compiled; a busy machine takes long for it."""
    if item.get_closest_marker("kafka"):
        _compiled()


@cache
def _compiled() -> None:
    warm("synergai")
