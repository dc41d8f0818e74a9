"""Failures that come in numbers."""

import logging

import pytest

from streams.errors import BrokerError
from streams.worker.remark import Remark


def test_is_said_once_and_once_more(caplog: pytest.LogCaptureFixture) -> None:
    """A thousand failures are one line, their end another with the count; success says nothing."""
    remark = Remark(logging.getLogger("remark"), "placements")
    remark.worked()
    for _ in range(1000):
        remark.failed(BrokerError("topic t: away"))
    remark.worked()
    remark.worked()
    assert [each.getMessage() for each in caplog.records] == [
        "placements cannot be sent: topic t: away; they are sent again",
        "placements are sent again; 1000 were not",
    ]
