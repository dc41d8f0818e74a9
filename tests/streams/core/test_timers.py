"""Leases, retries and expiries in one heap."""

from streams.core.life import Life, Stage
from streams.core.timers import Alarm, Timers
from streams.ports import Record
from streams.requests import Envelope


def life() -> Life:
    """Any open life."""
    record = Record(topic="t", partition=0, offset=0, append_s=0.0, key=None, headers=(), value=b"")
    named = Envelope(
        identity="i", request_id="r", tenant="t", source="s", model="m", record=record,
        reply_topic="results",
    )  # fmt: skip
    return Life(named)


def test_what_is_due_comes_in_order_of_time() -> None:
    """Then in order of age; nothing before its time."""
    timers, subject = Timers(), life()
    timers.set(3.0, Alarm.EXPIRY, subject)
    timers.set(1.0, Alarm.LEASE, subject, 1)
    timers.set(1.0, Alarm.RETRY, subject, 2)
    assert timers.next_s() == 1.0
    assert [(timer.alarm, timer.attempt) for timer in timers.due(2.0)] == [
        (Alarm.LEASE, 1),
        (Alarm.RETRY, 2),
    ]
    assert timers.next_s() == 3.0


def test_timers_of_what_is_over_wake_nobody() -> None:
    """Neither as due nor as next."""
    timers, over = Timers(), life()
    timers.set(1.0, Alarm.LEASE, over)
    timers.set(5.0, Alarm.LEASE, over)
    over.stage = Stage.CONCLUDING
    assert list(timers.due(2.0)) == []
    assert timers.next_s() is None
    assert len(timers) == 0


def test_stale_timers_do_not_pile_up() -> None:
    """Twenty thousand concluded lives leave a few thousand timers at most."""
    timers, staying = Timers(), life()
    timers.set(1e9, Alarm.EXPIRY, staying)
    for second in range(20_000):
        over = life()
        timers.set(1e6 + second, Alarm.EXPIRY, over)
        over.stage = Stage.CONCLUDING
    assert len(timers) < 3000
    assert 1e9 in {timer.at_s for timer in timers.due(2e9)}
