"""What every cluster does, the one in memory and the real API server: the same tests on both."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from k8s import kinds
from k8s.cluster.connecting import connect
from k8s.cluster.following import Followed, Listed, Pause
from k8s.cluster.leasing import Claim, Election
from k8s.errors import ConflictError, MissingKindError, RefusedError
from k8s.ports import Change, Cluster, Kind, Object, Ref, Scope, version_of
from tests.k8s.bed.api import Api
from tests.support.memory_cluster import MemoryCluster
from tests.support.waiting import until

_NUMBERS = itertools.count(1)
MAPS = Scope(kinds.CONFIG_MAP, "default", "suite=client")


@pytest.fixture(params=["memory", "real"])
async def cluster(request: pytest.FixtureRequest) -> AsyncIterator[Cluster]:
    """Both, one after the other; the real one is shared, so names are used once."""
    if request.param == "memory":
        yield MemoryCluster()
        return
    api: Api = request.getfixturevalue("api")
    async with connect(api.kubeconfig) as found:
        yield found


def entries(name: str, **data: str) -> Object:
    """A ConfigMap."""
    about = {"name": name, "namespace": "default", "labels": {"suite": "client"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": about, "data": data}


def fresh() -> str:
    """A name that nobody has."""
    return f"entries-{next(_NUMBERS)}"


def ref(name: str) -> Ref:
    """Which ConfigMap."""
    return Ref(kinds.CONFIG_MAP, name, "default")


class TestCluster:
    """The port, as both implement it."""

    async def test_what_is_applied_is_there(self, cluster: Cluster) -> None:
        """Applied twice it is the same, and no new version."""
        name = fresh()
        first = await cluster.apply(entries(name, a="1"))
        again = await cluster.apply(entries(name, a="1"))
        assert version_of(first) == version_of(again)
        found = await cluster.get(ref(name))
        assert found is not None
        assert found["data"] == {"a": "1"}

    async def test_a_dry_run_changes_nothing(self, cluster: Cluster) -> None:
        """It says how the object would be."""
        name = fresh()
        await cluster.apply(entries(name, a="1"))
        would = await cluster.apply(entries(name, a="2"), dry_run=True)
        found = await cluster.get(ref(name))
        assert found is not None
        assert (would["data"], found["data"]) == ({"a": "2"}, {"a": "1"})

    async def test_what_is_not_applied_any_more_goes(self, cluster: Cluster) -> None:
        """Fields that we set and leave out are removed; those of others stay."""
        name = fresh()
        await cluster.apply(entries(name, a="1", b="2"))
        await cluster.apply(entries(name, c="3"), manager="somebody")
        found = await cluster.apply(entries(name, a="1"))
        assert found["data"] == {"a": "1", "c": "3"}

    async def test_what_another_owns_is_not_taken_away(self, cluster: Cluster) -> None:
        """A field of another manager is a conflict that names field and manager, unless forced."""
        name = fresh()
        await cluster.apply(entries(name, a="1"), manager="somebody")
        with pytest.raises(ConflictError, match=r'"somebody".*\.data\.a'):
            await cluster.apply(entries(name, a="2"))
        forced = await cluster.apply(entries(name, a="2"), force=True)
        assert forced["data"] == {"a": "2"}

    async def test_what_is_not_there(self, cluster: Cluster) -> None:
        """Getting it is None, patching it is None, deleting it is False."""
        missing = ref(fresh())
        assert await cluster.get(missing) is None
        assert await cluster.patch(missing, {"data": {"a": "1"}}, manager="x") is None
        assert await cluster.delete(missing) is False

    async def test_a_patch_changes_what_it_names(self, cluster: Cluster) -> None:
        """None removes, the rest stays."""
        name = fresh()
        await cluster.apply(entries(name, a="1", b="2"))
        found = await cluster.patch(ref(name), {"data": {"a": None, "c": "3"}}, manager="x")
        assert found is not None
        assert found["data"] == {"b": "2", "c": "3"}

    async def test_only_the_latest_version_is_replaced(self, cluster: Cluster) -> None:
        """Who writes over a change of somebody else is told so, and who creates twice."""
        name = fresh()
        before = await cluster.create(entries(name, a="1"))
        await cluster.replace({**before, "data": {"a": "2"}})
        with pytest.raises(ConflictError):
            await cluster.replace({**before, "data": {"a": "3"}})
        with pytest.raises(ConflictError):
            await cluster.create(entries(name, a="1"))

    async def test_what_is_deleted_is_gone(self, cluster: Cluster) -> None:
        """And told so to who watches."""
        name = fresh()
        await cluster.apply(entries(name))
        assert await cluster.delete(ref(name))
        assert await cluster.get(ref(name)) is None

    async def test_an_unknown_kind(self, cluster: Cluster) -> None:
        """The message says what is not installed."""
        assert await cluster.knows(kinds.CONFIG_MAP)
        nobody = Kind("nobody.example.org/v1", "Thing")
        assert not await cluster.knows(nobody)
        with pytest.raises(MissingKindError, match=r"Thing \(nobody.example.org/v1\)"):
            await cluster.get(Ref(nobody, "a", "default"))

    async def test_an_object_without_a_name(self, cluster: Cluster) -> None:
        """It is refused."""
        with pytest.raises(RefusedError):
            await cluster.apply(entries(""))

    async def test_a_scope_is_followed(self, cluster: Cluster) -> None:
        """Everything first, then each change; what the selector leaves out is not told."""
        names = [fresh(), fresh()]
        await cluster.apply(entries(names[0]))
        follow = Followed(cluster, MAPS, Pause(asyncio.sleep, lambda: 0.0, first_s=0.01))
        news = follow.news()
        listed = await anext(news)
        assert isinstance(listed, Listed)
        assert names[0] in [item["metadata"]["name"] for item in listed.items]
        other = entries(fresh())
        other["metadata"]["labels"] = {}
        await cluster.apply(other)
        await cluster.apply(entries(names[1]))
        await cluster.patch(ref(names[1]), {"data": {"a": "1"}}, manager="x")
        await cluster.delete(ref(names[1]))
        told = [await anext(news) for _ in range(3)]
        assert [(c.type, c.object["metadata"]["name"]) for c in told if isinstance(c, Change)] == [
            ("ADDED", names[1]), ("MODIFIED", names[1]), ("DELETED", names[1]),
        ]  # fmt: skip
        await news.aclose()

    async def test_one_leads(self, cluster: Cluster) -> None:
        """Of two candidates one, and the other as soon as that resigns."""
        now_s, name = asyncio.get_running_loop().time, fresh()
        claims = [Claim(name=name, namespace="default", holder=each) for each in "ab"]
        a, b = (Election(cluster, claim, now_s, lambda: 1.8e9) for claim in claims)
        assert [await a.step(), await b.step(), await a.step()] == [True, False, True]
        await a.resign()
        assert [await b.step(), await a.step()] == [True, False]


async def test_an_unknown_field_is_refused(api: Api) -> None:
    """Fields are strict: a typing error is not dropped silently."""
    async with connect(api.kubeconfig) as cluster:
        wrong = entries(fresh()) | {"dta": {"a": "1"}}
        with pytest.raises(RefusedError, match="dta"):
            await cluster.apply(wrong)


async def test_watching_goes_on_over_a_restart_of_the_server(api: Api) -> None:
    """A watch survives the API server: nothing that happens meanwhile is missed."""
    async with connect(api.kubeconfig) as cluster:
        follow = Followed(cluster, MAPS, Pause(asyncio.sleep, lambda: 0.0, first_s=0.05))
        seen: list[str] = []

        async def follow_on() -> None:
            async with aclosing(follow.news()) as told:
                async for news in told:
                    items = news.items if isinstance(news, Listed) else [news.object]
                    seen.extend(item["metadata"]["name"] for item in items)

        task = asyncio.create_task(follow_on())
        await until(lambda: follow.listed == 1)
        await asyncio.to_thread(api._plane.restart_server)
        name = fresh()
        await cluster.apply(entries(name))
        await until(lambda: name in seen)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
