"""What an event says about when and for whom it is to be computed."""

import math
from typing import Final

import msgspec

from functions.cloudevents import CloudEvent
from functions.errors import MalformedEventError
from functions.rfc3339 import parse
from functions.schema import PlacementHeaders

_NAMES: Final = PlacementHeaders.__struct_fields__


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds on the instance's own clock: the soft deadline, and when it is of no use any more."""

    deadline_s: float = math.inf
    useless_after_s: float = math.inf


def placement(event: CloudEvent) -> PlacementHeaders | None:
    """The headers that the app added; None for an event that somebody posted by hand.

    Raises:
        MalformedEventError: names the header, what was found and what is allowed.
    """
    if not event.extension("identity"):
        return None
    found = {name: event.extension(name) for name in _NAMES if event.extension(name)}
    try:
        return msgspec.convert(found, PlacementHeaders, strict=False)
    except msgspec.ValidationError as error:
        raise MalformedEventError(f"placement, header ce-…: {error}") from None


def placed(event: CloudEvent, headers: PlacementHeaders, broker_s: float, now_s: float) -> Times:
    """Of a placement, whose times are the broker's; ``broker_s`` and ``now_s`` are one moment.

    Raises:
        MalformedEventError: names the header, what was found and what is allowed.
    """
    useless_s = parse(headers.leaseexpiry, "header ce-leaseexpiry")
    due_s = parse(headers.duetime, "header ce-duetime") if headers.duetime else useless_s
    if headers.duetime and event.extension("expirytime") and event.extension("deadline"):
        grace_s = _time(event, "expirytime") - _time(event, "deadline")
        useless_s = min(useless_s, due_s + grace_s)
    shift_s = now_s - broker_s
    return Times(deadline_s=due_s + shift_s, useless_after_s=useless_s + shift_s)


def by_hand(event: CloudEvent, now_s: float) -> Times:
    """Of an event that nobody placed: budgets by the sender's clock, from now.

    Raises:
        MalformedEventError: names the header, what was found and what is allowed.
    """
    if not event.time:
        return Times()
    sent_s = parse(event.time, "header ce-time")
    names = ("deadline", "expirytime")
    budgets = [_time(event, name) - sent_s if event.extension(name) else math.inf for name in names]
    return Times(deadline_s=now_s + budgets[0], useless_after_s=now_s + budgets[1])


def _time(event: CloudEvent, name: str) -> float:
    return parse(event.extension(name), f"header ce-{name}")
