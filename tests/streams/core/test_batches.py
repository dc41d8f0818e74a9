"""Batches of the policy on live pools: placed together, counted once, gathered by the function."""

import asyncio
from pathlib import Path

import pytest
from msgspec import structs

from functions.cloudevents import from_kafka, to_http
from functions.engine.configuration import parse
from functions.schema import Held
from scheduler.estimator import Estimator
from scheduler.registry import build
from scheduler.types import PoolState
from streams.core.slots import largest_batch
from streams.ports import Place
from tests.support.decisions import CONFIGURATION, profile
from tests.support.function_server import Server, serving, until
from tests.support.stream_world import World

KEY = "onnxruntime-fp32-t1-b4"
TOGETHER = {1: 0.1, 2: 0.12, 4: 0.16}


def crowd(count: int = 4, key: str = KEY, model: str = "double") -> World:
    """Our policy, one slot, and so many requests told at once, when they can be placed."""
    known = profile(model, "jetson", 0.1, batches=TOGETHER, configuration=parse(key))
    estimator = Estimator([known])
    world = World(policy=build("synergai", estimator, {"tune": "off"}), estimates=estimator)
    world.pool(models=[model], configuration=key)
    world.start()
    for number in range(count):
        world.submit(str(number), subject=model, value=b"1 2 3 4")
    world.hold()
    return world


def headers(place: Place) -> dict[str, str]:
    """Of a placement."""
    return {name: raw.decode() for name, raw in place.placement.headers}


def state(world: World) -> PoolState:
    """What the policy would be told now."""
    slots = world.core._book.slots
    slots._stale.add("edge")
    return slots.states(world.now_s)[0]


def test_a_pool_gathers_what_its_configuration_says() -> None:
    """The batch in the key of the configuration is the largest; what is no key gathers nothing."""
    assert [largest_batch(key) for key in (KEY, CONFIGURATION.key, "c")] == [4, 1, 1]
    assert state(crowd(0)).largest_batch == 4


def test_placements_of_a_batch_say_so() -> None:
    """Four that wait for one slot leave together, each naming the same batch and its size."""
    world = crowd()
    batches = [headers(place).get("ce_batchid") for place in world.placed]
    assert len(set(batches)) == 1
    assert batches[0]
    assert [headers(place)["ce_batchsize"] for place in world.placed] == ["4"] * 4


@pytest.mark.parametrize(("count", "key"), [(1, KEY), (4, CONFIGURATION.key)])
def test_what_is_placed_alone_says_nothing_of_batches(count: int, key: str) -> None:
    """Neither a single request nor a pool that gathers none has the headers."""
    (place,) = crowd(count, key).placed
    assert "ce_batchid" not in headers(place)
    assert "ce_batchsize" not in headers(place)


def test_a_batch_under_way_takes_its_slot_once() -> None:
    """Before it is listed the slot is taken for the time of the batch, not four times over."""
    world = crowd()
    (free_s,) = state(world).free_at_s
    assert free_s == pytest.approx(world.now_s + 0.005 / 2 + 0.16, rel=1e-3)


def test_a_batch_that_runs_or_queues_takes_its_slot_once() -> None:
    """Listed as one batch, or waiting to be gathered, four take what a batch of four takes."""
    world = crowd(0)
    held = [Held(identity=f"i{n}", attempt=1, model="double", elapsed_s=0.0) for n in range(6)]
    world.hold(running=[structs.replace(one, batch=7) for one in held[:4]])
    assert state(world).free_at_s == pytest.approx((world.now_s + 0.16,), rel=1e-3)
    world.hold(queued=held)
    assert state(world).free_at_s == pytest.approx((world.now_s + 0.16 + 0.12,), rel=1e-3)
    world.hold(running=held[:2])
    assert state(world).free_at_s == pytest.approx((world.now_s + 0.2,), rel=1e-3)


async def posted(server: Server, place: Place) -> int:
    """A placement as the event source posts it."""
    named, body = to_http(from_kafka(place.placement.headers, place.placement.value))
    return (await server.client.post("/", content=body, headers=named)).status_code


async def test_from_the_queue_to_one_computation_and_back(tmp_path: Path) -> None:
    """Four requests become one batch of the real net; the policy learns that they were four."""
    world = crowd()
    async with serving(
        tmp_path, configuration=KEY, mates_wait_s=60.0, architecture="jetson"
    ) as server:
        server.reporter.now_s = world.now_s
        statuses = await asyncio.gather(*(posted(server, place) for place in world.placed))
        assert statuses == [200] * 4
        assert server.doubling.batches == [4]
        said = server.feedback()
    assert [(one.verdict, one.batch) for one in said] == [("answered", 4)] * 4
    for place, one in zip(world.placed, said, strict=True):
        assert place.identity == one.identity
        world.report(place, timing=one.timing, batch=one.batch, instance=one.instance)
    assert [outcome.kind for outcome in world.outcomes] == ["met"] * 4


async def test_mates_that_come_one_by_one_wait_for_each_other(tmp_path: Path) -> None:
    """Two that are there first are held, as queued, until the others are there too."""
    world = crowd()
    async with serving(
        tmp_path, configuration=KEY, mates_wait_s=60.0, architecture="jetson"
    ) as server:
        server.reporter.now_s = world.now_s
        first = [asyncio.create_task(posted(server, place)) for place in world.placed[:2]]
        await until(lambda: len(server.holdings) == len(first))
        server.doubling.gate.clear()
        rest = [asyncio.create_task(posted(server, place)) for place in world.placed[2:]]
        await until(lambda: len(server.holdings.capacity(0.0).running) == len(world.placed))
        running = server.holdings.capacity(0.0).running
        assert len({held.batch for held in running}) == 1
        assert running[0].batch > 0
        server.doubling.gate.set()
        await asyncio.gather(*first, *rest)
        assert server.doubling.batches == [4]


async def test_a_mate_that_is_lost_holds_nobody_for_long(tmp_path: Path) -> None:
    """Three of four are computed when the wait is over."""
    world = crowd()
    async with serving(
        tmp_path, configuration=KEY, mates_wait_s=0.02, architecture="jetson"
    ) as server:
        server.reporter.now_s = world.now_s
        await asyncio.gather(*(posted(server, place) for place in world.placed[:3]))
        assert sum(server.doubling.batches) == 3
