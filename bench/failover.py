"""Seconds until work goes on after kill -9, with real processes under load.

``python -m bench.failover --trials 8 --rate 100``. The processes of a campaign (`streams.chaos`)
without its faults: each behind a proxy, half of the clocks off. Every trial is told, since the
worst one is what an operator remembers. On a machine with other work the times are those of the
share that is left: a start takes about 1.6 s of one core.
"""

import argparse
import asyncio
import json
import logging
import os
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.machine import described
from streams.chaos import campaign
from streams.chaos.report import Report
from streams.chaos.schema import Plan
from tests.support.broker import cache

ALLOWED_S = {"app_restarted_s": 5.0, "other_app_s": 8.0, "broker_s": 3.0}
WHAT = {
    "app_restarted_s": "start of the only app after kill -9, to a placement in every partition",
    "other_app_s": "kill -9 of one of two apps, to a placement in every partition",
    "broker_s": "open port of the broker after kill -9, to the first outcome",
}


def figures(report: Report) -> dict[str, Any]:
    """By what died."""
    times = msgspec.to_builtins(report.failover)
    return {
        "audit": {name: dict(round_.audited) for name, round_ in _named(report)},
        "findings": [one.what for one in report.findings],
        **{name: _spread(name, tried) for name, tried in times.items()},
    }


def _named(report: Report) -> list[tuple[str, Any]]:
    return [(one.name, one) for one in report.rounds]


def _spread(name: str, tried: Sequence[float]) -> dict[str, Any]:
    return {
        "what": WHAT[name],
        "p50": round(statistics.median(tried), 2),
        "max": round(max(tried), 2),
        "allowed": ALLOWED_S[name],
        "trials": [round(one, 2) for one in tried],
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=8)
    parser.add_argument("--rate", type=float, default=100.0)
    given = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    about = described()
    with tempfile.TemporaryDirectory() as scratch:
        jars = os.environ.get("SYNERGAI_KAFKA_JARS")
        plan = Plan(
            folder=Path(scratch),
            cache=cache(),
            jars=Path(jars) if jars else None,
            rounds=0,
            rate=given.rate,
            trials=given.trials,
        )
        found = asyncio.run(campaign.run(plan, lambda _: None))
    loads = {
        "rate": given.rate,
        "load_after": round(os.getloadavg()[0], 2),
    }
    print(json.dumps({**about, **loads, **figures(found)}, indent=2))


if __name__ == "__main__":
    main()
