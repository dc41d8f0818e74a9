"""Fixtures for all tests."""

from tests.support.broker import broker, topic_prefix

__all__ = ["broker", "topic_prefix"]
