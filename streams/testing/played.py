"""A run with figures that a test can assert on."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from streams.replay.comparison import compare
from streams.replay.figures import figures
from streams.replay.run import Run, load, save
from streams.replay.told import headline


class Played:
    """How the requests of a recording ended. Latencies in seconds, of answered requests."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @cached_property
    def figures(self) -> Mapping[str, Any]:
        """All that ``synergai replay --output json`` prints of it."""
        return figures(self.run)

    @property
    def requests(self) -> int:
        """Without repeats."""
        return int(self.figures["requests"])

    @property
    def met(self) -> int:
        """Answered in time."""
        return int(self.figures["met"])

    @property
    def late(self) -> int:
        """Answered after the deadline."""
        return int(self.figures["late"])

    @property
    def missing(self) -> int:
        """Without an outcome: lost, or not yet concluded when the wait was over."""
        return int(self.figures["missing"])

    @property
    def violation_ratio(self) -> float:
        """The share that was not met, for whatever reason."""
        return float(self.figures["violation_ratio"])

    @property
    def pools(self) -> frozenset[str]:
        """Those that computed a request."""
        return frozenset(self.figures["by_pool"]) - {"none"}

    def latency_s(self, level: str = "p50", model: str | None = None) -> float:
        """``p50``, ``p90`` or ``p99``, of one model or all; not a number: nothing was answered."""
        group = self.figures if model is None else self.figures["by_model"][model]
        value = group["latency_s"][level]
        return float("nan") if value is None else float(value)

    @property
    def behind_s(self) -> float:
        """How far behind its times the publisher was at most; 0 where it is simulated."""
        return self.run.sending.behind_max_s if self.run.sending else 0.0

    def against(self, other: "Played | str | Path") -> Mapping[str, Any]:
        """This run less another one, a saved one, or a recording's own outcomes; see compare.

        Raises:
            StreamsError: no request is in both, or the file is no run.
        """
        first = other.run if isinstance(other, Played) else load(Path(other))
        return compare(first, self.run)

    def save(self, path: str | Path) -> None:
        """For ``synergai compare``."""
        save(self.run, Path(path))

    def __repr__(self) -> str:
        return f"<{headline(self.run, self.figures)}>"
