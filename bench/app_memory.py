"""Memory of the app's core and intake over a million requests: bytes per request, once steady.

Synthetic records on a virtual clock, 100 a second, through the dispatcher and what the worker
keeps of them: two tenants, payloads of a kilobyte, and all that could pile up: repeats, unknown
models, malformed events, requests that are never answered and hold up acknowledging for ten
minutes, feedback of requests that nobody knows, functions that make up names.

``python -m bench.app_memory --requests 1000000 --within-s 280 --out bench/results``
"""

import argparse
import gc
import json
import random
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression
from typing import Any, Final

import msgspec

from bench.core_rate import Path as CorePath
from bench.machine import described
from scheduler.estimator import Estimator
from scheduler.registry import variant
from streams.ports import Acknowledge, Conclude, Effect, LetGo, Place, Record
from streams.worker.intake import Delivered, Intake
from streams.worker.metrics import Metrics

GAP_S: Final = 0.01
SAMPLES: Final = 100
STEADY: Final = 0.2
"""This share of the requests comes before memory is looked at."""
STUCK_EVERY: Final = 20_000
"""One request in so many is not answered."""


class Steady:
    """Drives a core and an intake as a worker does."""

    def __init__(
        self, policy: str, seed: int, gap_s: float = GAP_S, stuck_every: int = STUCK_EVERY
    ) -> None:
        """``gap_s``: between two requests; one in ``stuck_every`` is not answered."""
        self.path = CorePath(variant(policy, Estimator(())), pools=3, slots=2)
        self.intake = Intake()
        self.metrics = Metrics()
        self.acknowledged = self.outcomes = 0
        self._draw = random.Random(seed)
        self._gap_s, self._stuck_every = gap_s, stuck_every
        self._stuck: set[str] = set()
        self._due: deque[Effect] = deque()
        self._busy = False

    def request(self, number: int) -> None:
        """One record comes, and time goes by."""
        path = self.path
        path.now_s += self._gap_s
        if number % max(1, round(0.5 / self._gap_s)) == 0:
            path.tell_capacity()
        record = self._record(number)
        self._deliver("default", record)
        if number % 10 == 0:
            self._do(path.core.tick(path.now_s))

    def _record(self, number: int) -> Record:
        record, _ = self.path.request(self.path.now_s)
        kind = self._draw.random()
        changed: dict[str, bytes] = {}
        if number % self._stuck_every == 1:
            changed = {"ce_subject": b"m", "ce_expirytime": b"2099-01-01T00:00:00Z"}
            self._stuck.add(f"request-{record.offset}")
        elif kind < 0.02:
            changed = {"ce_subject": f"unknown-{number}".encode()}
        elif kind < 0.04:
            changed = {"ce_time": b"yesterday"}
        elif kind < 0.06:
            changed = {"ce_id": f"request-{max(1, record.offset - 50)}".encode()}
        headers = tuple((name, changed.get(name, raw)) for name, raw in record.headers)
        extra = tuple((k, v) for k, v in changed.items() if k not in dict(record.headers))
        value = self._draw.randbytes(1000)
        return msgspec.structs.replace(record, headers=(*headers, *extra), value=value)

    def _deliver(self, tenant: str | None, record: Record) -> None:
        self.intake.take(Delivered(tenant, record, self._acked))
        core, now_s = self.path.core, self.path.now_s
        if tenant is None:
            self._do(core.reported(record, now_s))
        else:
            self._do(core.requested(tenant, record, now_s))

    def _do(self, effects: Sequence[Effect]) -> None:
        """Carry out effects in their order, and what they bring about after them."""
        self._due += effects
        if self._busy:
            return
        self._busy = True
        while self._due:
            self._carry_out(self._due.popleft())
        self._busy = False

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, Place):
            self._answer(effect)
        elif isinstance(effect, Conclude):
            self.metrics.outcome(effect.outcome)
            self.outcomes += 1
            self._do(self.path.core.committed([effect], self.path.now_s))
        elif isinstance(effect, LetGo):
            self.intake.let_go(effect.topic, effect.partition, effect.offset)
        elif isinstance(effect, Acknowledge):
            self.intake.acknowledge(effect.topic, effect.partition, effect.offset)

    def _answer(self, place: Place) -> None:
        self.metrics.placed(place.decision)
        if place.decision.request_id in self._stuck:
            self._stuck.discard(place.decision.request_id)
            return
        record = self.path.feedback(place, self.path.now_s)
        self._deliver(None, record)
        if self._draw.random() < 0.005:
            self._deliver(None, self._made_up(place))

    def _made_up(self, place: Place) -> Record:
        """Feedback of a request, a model and a pool that nobody knows."""
        record = self.path.feedback(place, self.path.now_s)
        name = f"nobody-{record.offset}"
        fields = msgspec.json.decode(record.value) | {"identity": name, "model": name, "pool": name}
        return msgspec.structs.replace(record, value=msgspec.json.encode(fields))

    def _acked(self) -> None:
        self.acknowledged += 1


def resident_bytes() -> int:
    """Of this process."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise SystemExit("app_memory: no VmRSS in /proc/self/status")


def measure(requests: int, within_s: float, policy: str, seed: int) -> dict[str, Any]:
    """Requests done, memory on the way, and its slope once steady."""
    steady, began_s = Steady(policy, seed), time.monotonic()
    step = max(1, requests // SAMPLES)
    samples: list[tuple[int, int]] = []
    for number in range(1, requests + 1):
        steady.request(number)
        if number % step == 0:
            gc.collect()
            samples.append((number, resident_bytes()))
            if time.monotonic() - began_s > within_s:
                break
    done = samples[-1][0]
    late = [(at, size) for at, size in samples if at > STEADY * done]
    slope = linear_regression([at for at, _ in late], [size for _, size in late]).slope
    return {
        "policy": policy,
        "requests": done,
        "outcomes": steady.outcomes,
        "seconds": round(time.monotonic() - began_s, 1),
        "bytes_per_request": round(slope, 2),
        "first_mib": round(late[0][1] / 2**20, 1),
        "last_mib": round(late[-1][1] / 2**20, 1),
        "most_mib": round(max(size for _, size in samples) / 2**20, 1),
        "mib": [round(size / 2**20, 1) for _, size in samples[:: SAMPLES // 10]],
        "held_mib": round(steady.intake.bytes / 2**20, 1),
    }


def main() -> None:
    """Print one JSON object, and keep it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=1_000_000)
    parser.add_argument("--within-s", type=float, default=280.0)
    parser.add_argument("--policy", default="synergai:tune=off")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="folder for app_memory.json")
    given = parser.parse_args()
    machine = described()
    report = {
        "machine": machine,
        "core": measure(given.requests, given.within_s, given.policy, given.seed),
    }
    text = json.dumps(report, indent=2)
    print(text)
    if given.out:
        (given.out / "app_memory.json").write_text(text + "\n")


if __name__ == "__main__":
    main()
