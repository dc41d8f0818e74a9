"""``python -m streams.chaos.skewed SECONDS …``: ``synergai …`` on a clock that is off."""

import runpy
import sys
import time


def main() -> None:
    """Shift the time of day before anything else is imported, then be ``synergai``."""
    seconds = float(sys.argv[1])
    true_s, true_ns = time.time, time.time_ns
    time.time = lambda: true_s() + seconds
    time.time_ns = lambda: true_ns() + int(seconds * 1e9)
    sys.argv = ["synergai", *sys.argv[2:]]
    runpy.run_module("synergai", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
