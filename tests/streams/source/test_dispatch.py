"""Delivery of one event over scripted answers and a clock that only sleeping moves."""

import logging
from collections.abc import Iterable

import pytest

from streams.source.balance import Balancer
from streams.source.dispatch import Dispatcher
from streams.source.ports import TransportError
from streams.source.schema import Delivery, Event

EVENT = Event(place="topic/0/7", headers={}, body=b"")
URLS = ("http://a", "http://b")


class Clock:
    """Time passes when someone sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def now(self) -> float:
        """Seconds."""
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        """Pass the time."""
        self.now_s += seconds


class ScriptedSender:
    """Answers each post with the next line of its script."""

    def __init__(self, script: Iterable[int | TransportError]) -> None:
        self._script = iter(script)
        self.posted: list[str] = []
        self.headers: list[dict[str, str]] = []

    async def post(self, url: str, event: Event) -> int:
        """The next answer."""
        self.posted.append(url)
        self.headers.append(event.headers)
        answer = next(self._script)
        if isinstance(answer, TransportError):
            raise answer
        return answer


def dispatcher(
    sender: ScriptedSender, clock: Clock, urls: Iterable[str] = URLS, refused_s: float = 0.5
) -> Dispatcher:
    """One with short delays."""
    rules = Delivery(retries=3, backoff_s=0.1, hold_s=1.0)
    return Dispatcher("edge", Balancer(urls, refused_s), sender, rules, clock.now, clock.sleep)


async def test_delivered_at_once() -> None:
    """A 2xx delivers without a retry."""
    sender, clock = ScriptedSender([200]), Clock()
    under_test = dispatcher(sender, clock)
    assert await under_test.deliver(EVENT)
    assert (under_test.counts.delivered, under_test.counts.retried, clock.now_s) == (1, 0, 0.0)


async def test_retried_with_backoff() -> None:
    """Retryable statuses and transport errors are tried again, on the other instance, later."""
    sender, clock = ScriptedSender([503, TransportError("reset"), 200]), Clock()
    under_test = dispatcher(sender, clock)
    assert await under_test.deliver(EVENT)
    assert sender.posted == ["http://a", "http://b", "http://a"]
    assert clock.now_s == pytest.approx(0.1 + 0.2)
    assert under_test.counts.retried == 2


async def test_headers_of_the_pool() -> None:
    """What the pool adds comes on top of the event's own; a change counts from the next attempt."""
    sender = ScriptedSender([503, 200])
    under_test = dispatcher(sender, Clock())
    event = Event(place="topic/0/7", headers={"ce-id": "7"}, body=b"")
    under_test.headers = {"Knative-Serving-Revision": "edge-00001"}
    assert await under_test.deliver(event)
    expected = {"ce-id": "7", "Knative-Serving-Revision": "edge-00001"}
    assert sender.headers == [expected, expected]


async def test_gone_after_last_retry(caplog: pytest.LogCaptureFixture) -> None:
    """After the last retry the event is gone, counted and said with its place and the reason."""
    sender = ScriptedSender([500, 502, 503, 504])
    under_test = dispatcher(sender, Clock())
    with caplog.at_level(logging.WARNING):
        assert not await under_test.deliver(EVENT)
    assert under_test.counts.gone == 1
    assert [record.getMessage() for record in caplog.records] == [
        "pool edge: event topic/0/7 given up after 4 attempts: status 504 (1 in all)"
    ]


async def test_bad_request_not_retried() -> None:
    """What the function refuses for good is not tried again."""
    sender = ScriptedSender([400])
    assert not await dispatcher(sender, Clock()).deliver(EVENT)
    assert len(sender.posted) == 1


async def test_refusing_instance_skipped() -> None:
    """After a refused connection the other instance is used."""
    refusal = TransportError("refused", refused=True)
    sender, clock = ScriptedSender([refusal, 200, 200]), Clock()
    under_test = dispatcher(sender, clock, refused_s=10.0)
    assert await under_test.deliver(EVENT)
    assert await under_test.deliver(EVENT)
    assert sender.posted == ["http://a", "http://b", "http://b"]


async def test_held_without_instances() -> None:
    """Without an instance an attempt is held, and counts as failed when none comes."""
    sender, clock = ScriptedSender([]), Clock()
    assert not await dispatcher(sender, clock, urls=()).deliver(EVENT)
    assert sender.posted == []
    assert clock.now_s >= 4 * 1.0


async def test_flood_is_said_sparingly(caplog: pytest.LogCaptureFixture) -> None:
    """A hundred lost events make seven lines, not a hundred."""
    under_test = dispatcher(ScriptedSender([400] * 100), Clock())
    with caplog.at_level(logging.WARNING):
        for _ in range(100):
            await under_test.deliver(EVENT)
    assert under_test.counts.gone == 100
    assert len(caplog.records) == 7
