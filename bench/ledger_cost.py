"""What the ledger costs: the app as it is beside the same app without transactions, in one run.

``python -m bench.ledger_cost --requests 10000 --rounds 4``. Both write one outcome per request;
the other (`bench.plain_ledger`) writes them with one idempotent producer. They take turns, and
which comes first alternates, since whatever else the machine does changes over a run.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

from bench.app_rate import WORKER, app
from bench.machine import described
from streams.broker.running import start
from tests.support.broker import options

ALLOWED = 0.2
"""Of the request rate without it."""
WAYS = {"ledger": WORKER, "plain": ("-m", "bench.plain_ledger")}


async def measure(
    bootstrap: str, folder: Path, requests: int, rounds: int, policy: str
) -> dict[str, Any]:
    """The rates of all rounds, and what the ledger takes off the median one."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in WAYS}
    for number in range(rounds):
        for name in sorted(WAYS, reverse=number % 2 == 1):
            prefix = f"cost{number}{name}"
            found[name].append(await app(bootstrap, folder, requests, prefix, policy, WAYS[name]))
    middle = {
        name: {key: statistics.median(one[key] for one in tried) for key in tried[0]}
        for name, tried in found.items()
    }
    return {
        "requests": requests,
        "rounds": rounds,
        "per_s": {name: [one["per_s"] for one in tried] for name, tried in found.items()},
        "median": middle,
        "cost": round(1 - middle["ledger"]["per_s"] / middle["plain"]["per_s"], 3),
        "cost_cpu": round(middle["ledger"]["cpu_us"] / middle["plain"]["cpu_us"] - 1, 3),
        "allowed": ALLOWED,
        "load_after": round(os.getloadavg()[0], 2),
    }


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--policy", default="synergai")
    given = parser.parse_args()
    about = described()
    with tempfile.TemporaryDirectory() as scratch, start(options(Path(scratch) / "b")) as broker:
        found = asyncio.run(
            measure(broker.bootstrap, Path(scratch), given.requests, given.rounds, given.policy)
        )
    print(json.dumps({**about, **found}, indent=2))


if __name__ == "__main__":
    main()
