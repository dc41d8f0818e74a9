"""Capacity events: soon after a change, never two at a time, the latest state."""

import asyncio

import msgspec

from functions.reporting.announcer import Announcer
from functions.reporting.holdings import Holdings
from functions.schema import CAPACITY_TYPE, Capacity
from functions.settings import FunctionSettings
from tests.support.function_reporter import MemoryReporter
from tests.support.function_server import until

TOPIC = "synergai.system.capacity"
SETTINGS = FunctionSettings(models=("m",), pool="edge", instance="edge-1", capacity_every_s=3600.0)


class _World:
    def __init__(self, settings: FunctionSettings = SETTINGS) -> None:
        self.holdings, self.reporter = Holdings(settings), MemoryReporter()
        self.announcer = Announcer(settings, self.holdings, self.reporter)

    def said(self) -> list[Capacity]:
        """The events so far."""
        reports = self.reporter.of(TOPIC)
        return [msgspec.json.decode(report.event.data, type=Capacity) for report in reports]

    async def until(self, count: int) -> None:
        """Wait for so many events."""
        await until(lambda: len(self.said()) >= count)


async def test_at_start_at_change_and_at_the_end() -> None:
    """Each a CloudEvent whose key is the instance."""
    world = _World()
    world.announcer.start()
    await world.until(1)
    world.holdings.state = "ready"
    world.announcer.changed()
    await world.until(2)
    world.holdings.state = "draining"
    await world.announcer.stop()
    assert [c.state for c in world.said()] == ["starting", "ready", "draining"]
    report = world.reporter.sent[0]
    assert (report.topic, report.key, report.event.type) == (TOPIC, b"edge-1", CAPACITY_TYPE)
    assert (report.event.id, report.event.source) == ("edge-1/1", "/synergai/edge/edge-1")


async def test_changes_while_one_is_under_way_share_the_next() -> None:
    """At most one in flight; a hundred changes are one event with the latest state."""
    world = _World()
    world.reporter.hold[TOPIC] = asyncio.Event()
    world.announcer.start()
    await asyncio.sleep(0)
    for number in range(100):
        world.holdings.accept(f"r{number}", 1, "m", 0.0)
        world.announcer.changed()
        await asyncio.sleep(0)
    world.reporter.hold.pop(TOPIC).set()
    await world.until(2)
    await world.announcer.stop()
    counts = [len(c.queued) for c in world.said()]
    assert counts == [0, 100, 100]
    assert [c.sequence for c in world.said()] == [1, 2, 3]


async def test_comes_again_without_a_change() -> None:
    """Silence would be taken for death."""
    world = _World(msgspec.structs.replace(SETTINGS, capacity_every_s=0.001))
    world.announcer.start()
    await world.until(3)
    await world.announcer.stop()


async def test_survives_kafka_being_away() -> None:
    """It goes on when Kafka is back."""
    world = _World(msgspec.structs.replace(SETTINGS, capacity_every_s=0.001))
    world.reporter.away(TOPIC)
    world.announcer.start()
    await asyncio.sleep(0.02)
    assert world.said() == []
    world.reporter.away()
    await world.until(1)
    await world.announcer.stop()
