"""Fixtures for all tests."""

from hypothesis import HealthCheck, settings

from tests.support.broker import broker, topic_prefix

__all__ = ["broker", "topic_prefix"]

# time decides no test: a busy machine draws its examples slowly
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
