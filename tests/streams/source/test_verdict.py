"""The delivery rules of KafkaSource, status by status."""

import pytest

from streams.source.schema import Delivery
from streams.source.verdict import delay_s, verdict

DELIVERY = Delivery(retries=3, backoff_s=0.1)


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_success_is_delivered(status: int) -> None:
    """Any 2xx ends the event well, whatever its attempt."""
    assert verdict(status, 4, DELIVERY) == "delivered"


@pytest.mark.parametrize("status", [500, 502, 503, 599, 404, 408, 409, 429, None])
def test_retried(status: int | None) -> None:
    """Server errors, four client errors and transport errors get the retries, then no more."""
    fates = [verdict(status, attempt, DELIVERY) for attempt in (1, 2, 3, 4)]
    assert fates == ["again", "again", "again", "gone"]


@pytest.mark.parametrize("status", [301, 400, 401, 403, 410, 413, 415, 422])
def test_not_retried(status: int) -> None:
    """What would fail again is given up at once."""
    assert verdict(status, 1, DELIVERY) == "gone"


def test_no_retries() -> None:
    """Without retries the first failure is the last."""
    assert verdict(503, 1, Delivery(retries=0)) == "gone"


def test_backoff_doubles() -> None:
    """The wait grows by a factor of two."""
    assert [delay_s(attempt, DELIVERY) for attempt in (1, 2, 3)] == pytest.approx([0.1, 0.2, 0.4])
