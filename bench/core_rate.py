"""Microseconds of Python per request through the in-memory path, without Kafka and Faust.

Each request goes through requested, place, reported and committed; capacity is told as instances
would tell it. ``python -m bench.core_rate --requests 20000 --policy first-idle``.
"""

import argparse
import json
import platform
import time
from collections.abc import Callable, Sequence
from statistics import median

import msgspec

from functions.cloudevents import from_kafka
from functions.rfc3339 import render
from functions.schema import Capacity, Feedback, Timing
from profiles.schema import Profile
from scheduler.estimator import Estimator
from scheduler.policy import Policy
from scheduler.registry import build
from streams.core import Dispatcher
from streams.ports import Conclude, Effect, History, Place, Record
from streams.schema import Pool
from streams.settings import Settings
from streams.topics import Topics
from tests.support.stream_policy import FirstIdle

PROFILES: Sequence[Profile] = ()
START_S = 1_800_000_000.0
ROUND = 1000
"""Requests per round; the median of rounds forgives a busy machine."""


class Path:
    """Drives one core as fast as it goes; pools answer in the same instant."""

    def __init__(self, policy: Policy, pools: int, slots: int) -> None:
        settings = Settings()
        self.topics = Topics(settings)
        self.core = Dispatcher(settings, policy, Estimator(PROFILES), self.topics, "bench")
        self.spent_s: dict[str, float] = {}
        self.core.assigned(0, START_S)
        self.core.restored(0, History(), START_S)
        self.pools = [self._declare(f"pool-{index}") for index in range(pools)]
        self.core.pools_ready(START_S)
        self.slots = slots
        self.sequence = 0
        self.now_s = START_S
        self.offsets = {"requests": 0, "latency": 0}

    def run(self, requests: int) -> int:
        """Send ``requests``; how many were concluded."""
        concluded = 0
        for index in range(requests):
            self.now_s += 1e-3
            now_s = self.now_s
            if index % 500 == 0:
                self.tell_capacity()
            effects = self._timed("requested", self.core.requested, "default", *self.request(now_s))
            for place in [effect for effect in effects if isinstance(effect, Place)]:
                record = self.feedback(place, now_s)
                reported = self._timed("reported", self.core.reported, record, now_s)
                conclusions = [e for e in reported if isinstance(e, Conclude)]
                self._timed("committed", self.core.committed, conclusions, now_s)
                concluded += len(conclusions)
        return concluded

    def _timed(
        self, name: str, method: Callable[..., Sequence[Effect]], *arguments: object
    ) -> Sequence[Effect]:
        began_s = time.thread_time()
        effects = method(*arguments)
        self.spent_s[name] = self.spent_s.get(name, 0.0) + time.thread_time() - began_s
        return effects

    def _declare(self, name: str) -> Pool:
        pool = Pool(
            name=name,
            architecture="xeon",
            configuration="onnxruntime-fp32-t1-b1",
            models=("m",),
            topic=self.topics.pool("xeon", name),
        )
        self.core.declared(pool, START_S)
        return pool

    def tell_capacity(self) -> None:
        """Every instance says that it runs nothing."""
        self.sequence += 1
        for pool in self.pools:
            capacity = Capacity(
                instance=f"{pool.name}-1",
                device=pool.name,
                pool=pool.name,
                architecture=pool.architecture,
                configuration=pool.configuration,
                slots=self.slots,
                models=pool.models,
                state="ready",
                sequence=self.sequence,
            )
            self.core.capacity(capacity, self.now_s, self.now_s)

    def request(self, now_s: float) -> tuple[Record, float]:
        """The next request and its time."""
        self.offsets["requests"] += 1
        number = self.offsets["requests"]
        attributes = {
            "specversion": "1.0",
            "id": f"request-{number}",
            "source": "/bench",
            "type": "org.synergai.request.submitted.v1",
            "subject": "m",
            "time": render(now_s),
            "deadline": render(now_s + 1.0),
        }
        headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
        headers.append(("content-type", b"application/octet-stream"))
        topic = self.topics.tenant("default", "requests")
        return self._record(topic, number, now_s, tuple(headers), b"x" * 1000), now_s

    def feedback(self, place: Place, now_s: float) -> Record:
        """The function has answered."""
        self.offsets["latency"] += 1
        decision = place.decision
        feedback = Feedback(
            identity=place.identity,
            request_id=decision.request_id,
            tenant="default",
            attempt=place.attempt,
            model="m",
            pool=decision.pool,
            architecture=decision.architecture,
            configuration=decision.configuration,
            instance=f"{decision.pool}-1",
            verdict="answered",
            timing=Timing(compute_s=0.01),
        )
        value = msgspec.json.encode(feedback)
        topic = self.topics.system("latency")
        return self._record(topic, self.offsets["latency"], now_s + 0.01, (), value)

    @staticmethod
    def _record(
        topic: str,
        offset: int,
        append_s: float,
        headers: tuple[tuple[str, bytes], ...],
        value: bytes,
    ) -> Record:
        return Record(
            topic=topic,
            partition=0,
            offset=offset,
            append_s=append_s,
            key=None,
            headers=headers,
            value=value,
        )


def _round(path: Path) -> dict[str, float]:
    """Microseconds per request and step of one round."""
    path.spent_s.clear()
    if path.run(ROUND) != ROUND:
        raise SystemExit("core_rate: not every request was concluded")
    return {name: spent_s / ROUND * 1e6 for name, spent_s in path.spent_s.items()}


def _codec_microseconds(path: Path) -> float:
    """Reading one CloudEvent, the yardstick by which machines and loads can be compared."""
    record, _ = path.request(START_S)
    began_s = time.thread_time()
    for _ in range(ROUND):
        from_kafka(record.headers, record.value)
    return (time.thread_time() - began_s) / ROUND * 1e6


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--policy", default="first-idle")
    parser.add_argument("--pools", type=int, default=3)
    parser.add_argument("--slots", type=int, default=2)
    given = parser.parse_args()
    own = given.policy == "first-idle"
    rounds = max(1, given.requests // ROUND)
    policy: Policy = FirstIdle() if own else build(given.policy, Estimator(PROFILES))
    path = Path(policy, given.pools, given.slots)
    path.run(ROUND)
    found = [_round(path) for _ in range(rounds)]
    totals = sorted(sum(parts.values()) for parts in found)
    yardstick = _codec_microseconds(path)
    report = {
        "requests": rounds * ROUND,
        "policy": given.policy,
        "pools": given.pools,
        "slots": given.slots,
        "median_microseconds": round(median(totals), 1),
        "best_microseconds": round(totals[0], 1),
        "median_by_step": {
            name: round(median(parts[name] for parts in found), 1) for name in found[0]
        },
        "codec_microseconds": round(yardstick, 1),
        "best_over_codec": round(totals[0] / yardstick, 1),
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
