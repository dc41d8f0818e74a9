"""``python -m bench``: run every measurement, one after the other; results go to bench/results/."""

import subprocess
import sys
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
MODULES = (
    "broker_start",
    "path_latency",
    "app_rate",
    "ledger_cost",
    "core_rate",
    "audit_rate",
    "scheduler_decide",
    "simulator_speed",
    "decision_time",
    "prewarm_controller",
)


def main() -> None:
    """Run the named modules, or all, one after the other."""
    RESULTS.mkdir(exist_ok=True)
    for name in sys.argv[1:] or MODULES:
        print(f"bench.{name} ...", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", f"bench.{name}"], stdout=subprocess.PIPE, text=True, check=True
        )
        (RESULTS / f"{name}.json").write_text(done.stdout)
        print(done.stdout, flush=True)


if __name__ == "__main__":
    main()
