"""What an attempt's answer means for the event: the rules of KafkaSource, no I/O."""

from typing import Final, Literal

from streams.source.schema import Delivery

Verdict = Literal["delivered", "again", "gone"]
_RETRIED: Final = frozenset({404, 408, 409, 429})


def retried(status: int | None) -> bool:
    """Whether a status is worth another attempt; None is a transport error."""
    return status is None or status >= 500 or status in _RETRIED  # noqa: PLR2004 the class of 5xx


def verdict(status: int | None, attempt: int, delivery: Delivery) -> Verdict:
    """The fate of an event after its ``attempt`` (counted from 1)."""
    if status is not None and 200 <= status < 300:  # noqa: PLR2004 the class of 2xx
        return "delivered"
    return "again" if retried(status) and attempt <= delivery.retries else "gone"


def delay_s(attempt: int, delivery: Delivery) -> float:
    """How long to wait after the failed ``attempt`` (counted from 1)."""
    return float(delivery.backoff_s * 2 ** (attempt - 1))
