"""Following a scope: everything first, then each change, whatever happens to the server."""

import asyncio
import copy
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from k8s import kinds
from k8s.cluster.following import Followed, Listed, News, Pause
from k8s.errors import ForbiddenError
from k8s.ports import Change, Object, Ref, Scope
from tests.support.memory_cluster import MemoryCluster
from tests.support.waiting import until

PODS = Scope(kinds.POD, "default")


def pod(name: str, **labels: str) -> Object:
    """A pod in the default namespace."""
    about = {"name": name, "namespace": "default", "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": about, "spec": {}}


def ref(name: str) -> Ref:
    """Which pod."""
    return Ref(kinds.POD, name, "default")


class Waits:
    """A sleep that takes no time and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        """Wait."""
        self.asked_s.append(seconds)
        await asyncio.sleep(0)


def followed(cluster: MemoryCluster, scope: Scope = PODS) -> tuple[Followed, Waits]:
    """What is tested, and how it waits."""
    waits = Waits()
    return Followed(cluster, scope, Pause(waits, lambda: 1.0)), waits


async def name_of(news: AsyncIterator[News]) -> tuple[str, str]:
    """The next change."""
    change = await anext(news)
    assert isinstance(change, Change)
    return change.type, change.object["metadata"]["name"]


async def names(news: AsyncIterator[News]) -> list[str]:
    """The names of the next listing."""
    listed = await anext(news)
    assert isinstance(listed, Listed)
    return [item["metadata"]["name"] for item in listed.items]


async def test_everything_is_told_first() -> None:
    """Everything is told first and then each change in order."""
    cluster = MemoryCluster()
    cluster.put(pod("a"))
    news = followed(cluster)[0].news()
    assert await names(news) == ["a"]
    cluster.put(pod("b"))
    cluster.change(ref("a"), {"spec": {"nodeName": "n"}})
    cluster.remove(ref("b"))
    assert [await name_of(news) for _ in range(3)] == [
        ("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "b"),
    ]  # fmt: skip


async def test_only_what_the_selector() -> None:
    """Only what the selector and the namespace mean is told."""
    cluster = MemoryCluster()
    cluster.put(pod("ours", app="x"))
    cluster.put(pod("theirs", app="y"))
    elsewhere = pod("elsewhere", app="x")
    elsewhere["metadata"]["namespace"] = "other"
    cluster.put(elsewhere)
    news = followed(cluster, Scope(kinds.POD, "default", "app=x"))[0].news()
    assert await names(news) == ["ours"]


async def test_a_version_that_is() -> None:
    """A version that is too old makes it list anew without waiting."""
    cluster = MemoryCluster()
    follow, waits = followed(cluster)
    news = follow.news()
    assert await names(news) == []
    cluster.put(pod("a"))
    cluster.compact()
    assert await names(news) == ["a"]
    assert (follow.listed, waits.asked_s) == (2, [])


async def test_a_server_that_was() -> None:
    """A server that was away is watched on from where it was."""
    cluster = MemoryCluster()
    follow, waits = followed(cluster)
    news = follow.news()
    assert await names(news) == []
    cluster.fail(down=True)
    waiting = asyncio.ensure_future(anext(news))
    await until(lambda: follow.away)
    cluster.put(pod("a"))
    cluster.fail(down=False)
    change = await waiting
    assert isinstance(change, Change)
    assert (change.type, follow.listed, follow.away) == ("ADDED", 1, False)
    assert waits.asked_s


async def test_it_waits_ever_longer() -> None:
    """It waits ever longer up to a limit and by chance."""
    waits = Waits()
    pause = Pause(waits, iter([1.0, 0.0, 1.0, 1.0, 1.0]).__next__, first_s=1.0, most_s=4.0)
    for _ in range(4):
        await pause.wait()
    pause.over()
    await pause.wait()
    assert waits.asked_s == [1.0, 1.0, 4.0, 4.0, 1.0]


async def test_a_missing_role_is() -> None:
    """A missing role is raised since waiting does not help."""
    cluster = MemoryCluster()
    cluster.forbidden.add(("list", "Pod"))
    with pytest.raises(ForbiddenError, match="list Pod"):
        await anext(followed(cluster)[0].news())


async def test_a_watch_that_ends() -> None:
    """A watch that ends at once again and again is not begun without a pause."""

    class Rude(MemoryCluster):
        async def watch(self, scope: Scope, version: str) -> AsyncGenerator[Change]:
            """Say all there is and hang up."""
            for item in copy.copy(self.refs()):
                yield Change("ADDED", self.seen(item))

    cluster = Rude()
    follow, waits = followed(cluster)
    news = follow.news()
    await names(news)
    waiting = asyncio.ensure_future(anext(news))
    await until(lambda: len(waits.asked_s) >= 3)
    waiting.cancel()
    assert waits.asked_s[:3] == [0.2, 0.4, 0.8]
