"""Real processes under load, faults on purpose, and the audit afterwards."""

from pathlib import Path

import pytest

from streams.chaos.campaign import run
from streams.chaos.report import Report, page
from streams.chaos.schema import Fault, Kind, Plan
from tests.support.broker import options

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(420)]


async def played(folder: Path, *faults: Fault, orderly: bool = False) -> Report:
    """A campaign of these faults, or of a few that are drawn."""
    broker = options(folder)
    plan = Plan(
        folder=folder, cache=broker.cache, jars=broker.jars, seed=5, rounds=1, faults=16, gap_s=2.5,
        rate=40.0, trials=0, settle_s=120.0, orderly=orderly,
    )  # fmt: skip
    return await run(plan, print, script=[faults] if faults else None)


def fault(at_s: float, kind: Kind, target: str, lasts_s: float = 0.0) -> Fault:
    """One fault."""
    return Fault(at_s=at_s, kind=kind, target=target, lasts_s=lasts_s)


async def test_a_few_faults_of_every_kind(tmp_path: Path) -> None:
    """Nothing is lost, nothing is done twice, little is computed again."""
    report = await played(tmp_path)
    assert report.findings == (), page(report)
    assert report.repeats.share <= 0.02, page(report)
    assert len(report.happened) == 16
    assert report.rounds[-1].open == 0


async def test_a_rolling_restart_costs_nobody_anything(tmp_path: Path) -> None:
    """Every process but the broker is ended in its turn, under load: nothing fails or repeats."""
    names = ["app-1", "edge-1", "app-2", "server-1", "source-1", "edge-2", "server-2"]
    report = await played(tmp_path, *(fault(0.0, "stop", name) for name in names), orderly=True)
    assert report.findings == (), page(report)
    counts = report.rounds[-1].audited
    assert [counts.get(kind, 0) for kind in ("failed", "expired", "rejected")] == [0, 0, 0]
    assert counts["requests"] == report.requests
    assert report.repeats.repeats == (), page(report)


async def test_all_workers_asleep_for_half_a_minute(tmp_path: Path) -> None:
    """Longer than their sessions and than requests live: what expired is told, nothing is lost."""
    apps = ("app-1", "app-2")
    report = await played(tmp_path, *(fault(2.0, "pause", name, 30.0) for name in apps))
    assert report.findings == (), page(report)
    counts = report.rounds[-1].audited
    assert counts["outcomes"] == counts["requests"] == report.requests
    assert report.rounds[-1].open == 0
    assert counts["expired"] > 0, "they slept for longer than a request lives"


async def test_an_instance_that_loses_its_network_is_done_without(tmp_path: Path) -> None:
    """What it had is placed elsewhere; back again, its late answers change nothing."""
    ways = ("edge-1~broker", "source~edge-1", "server-2~broker")
    report = await played(tmp_path, *(fault(1.0, "stall", way, 9.0) for way in ways))
    assert report.findings == (), page(report)
    counts = report.rounds[-1].audited
    assert [counts.get(kind, 0) for kind in ("failed", "expired", "rejected")] == [0, 0, 0]
    assert counts["placements"] > counts["requests"], "what was there was placed again"
