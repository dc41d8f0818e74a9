"""One replay against a running stack: send, watch, show, weigh."""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from typing import Final

import msgspec

from functions.cloudevents import KafkaHeaders
from streams.broker.running import RunningBroker
from streams.client.broker import Producer
from streams.demo.live import Now, moment
from streams.demo.replay import Input, firing, replay
from streams.demo.watch import Watch, concluded
from streams.demo.workload import Shot
from streams.errors import StreamsError
from streams.schema import Outcome
from streams.settings import Settings
from streams.stack.load import Load, spent_s
from streams.stack.memory import held_bytes
from streams.stack.running import Stack
from streams.topics import HEADROOM_BYTES, Topics

_EVERY_S: Final = 0.25
_WEIGHED_EVERY: Final = 8
"""Rounds between two looks at memory and cores."""
_ANSWERS_WITHIN_S: Final = 60.0
_SETTLE_S: Final = 1.0
"""After the last outcome, so that one that came twice is seen."""
_WITHIN_S: Final = 10.0


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """What is replayed."""

    shots: tuple[Shot, ...]
    length_s: float
    seed: int
    inputs: Mapping[str, Input]


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it; ``late_s``: how far behind its time each request was sent."""

    outcomes: tuple[Outcome, ...]
    late_s: tuple[float, ...]
    failed: tuple[str, ...]
    memory_bytes: Mapping[str, int]
    """By process, at the moment when all together held most."""
    busy: tuple[float, ...]
    """Share of all cores of the machine that was busy, look by look."""
    ours: float
    """Share of all cores that the demo and its stack used."""


class Player:
    """Replays a trial; everything that starts or restarts processes happens in this thread."""

    def __init__(self, stack: Stack, broker: RunningBroker, settings: Settings) -> None:
        self._stack, self._broker, self._settings = stack, broker, settings
        self._topics = Topics(settings)
        self._tenant = settings.tenants[0]
        self._late_s: list[float] = []
        self._failed: list[str] = []
        self._memory: dict[str, int] = {}
        self._load = Load()
        self._busy: list[float] = []
        self._ours = 0.0

    def play(self, trial: Trial, show: Callable[[Now], None]) -> Played:
        """Replay, then read until every outcome is there or the bound is over.

        Raises:
            BrokerError: the broker is away or does not start again.
        """
        requests = self._topics.tenant(self._tenant, "requests")
        room = self._settings.max_request_bytes + HEADROOM_BYTES
        producer = Producer(self._broker.bootstrap, requests, room, _WITHIN_S)
        with closing(producer), closing(self._watch()) as watch:
            self._run(trial, producer, watch, show)
            time.sleep(_SETTLE_S)
            watch.read_to_the_end(_WITHIN_S)
            return Played(
                outcomes=tuple(watch.outcomes),
                late_s=tuple(self._late_s),
                failed=tuple(self._failed),
                memory_bytes=self._memory,
                busy=tuple(self._busy),
                ours=self._ours,
            )

    def _watch(self) -> Watch:
        return Watch(
            self._broker.bootstrap,
            self._topics.tenant(self._tenant, "outcomes"),
            self._topics.system("capacity"),
        )

    def _run(
        self, trial: Trial, producer: Producer, watch: Watch, show: Callable[[Now], None]
    ) -> None:
        give_up = threading.Event()
        fire = firing(trial.inputs, lambda *record: self._send(producer, *record))
        sending = threading.Thread(
            target=replay,
            args=(trial.shots, fire, self._late_s, time.monotonic, give_up.wait),
            name="demo-replay",
        )
        sending.start()
        begun_s, spent_before_s = time.monotonic(), self._spent_s()
        try:
            self._follow(trial, sending, watch, show)
        finally:
            give_up.set()
            sending.join()
        took_s = (time.monotonic() - begun_s) * (os.cpu_count() or 1)
        self._ours = max(0.0, self._spent_s() - spent_before_s) / took_s

    def _follow(
        self, trial: Trial, sending: threading.Thread, watch: Watch, show: Callable[[Now], None]
    ) -> None:
        begun_s = time.monotonic()
        wanted = {shot.request_id for shot in trial.shots}
        rounds = 0
        while sending.is_alive() or concluded(watch.outcomes, wanted) < len(wanted):
            elapsed_s = time.monotonic() - begun_s
            if elapsed_s > trial.length_s + _ANSWERS_WITHIN_S:
                return
            self._stack.poll()
            show(self._moment(trial, watch, elapsed_s))
            rounds += 1
            if rounds % _WEIGHED_EVERY == 0:
                self._weigh()
            time.sleep(_EVERY_S)
        show(self._moment(trial, watch, time.monotonic() - begun_s))

    def _moment(self, trial: Trial, watch: Watch, elapsed_s: float) -> Now:
        return moment(
            self._stack.plan.pools,
            list(watch.held.values()),
            list(watch.outcomes),
            elapsed_s=elapsed_s,
            length_s=trial.length_s,
            requests=len(trial.shots),
            sent=len(self._late_s),
        )

    def _pids(self) -> dict[str, int]:
        pids = {name: child.pid for name, child in self._stack.children.items()}
        return {"broker": self._broker.pid, **pids}

    def _spent_s(self) -> float:
        return spent_s([os.getpid(), *self._pids().values()])

    def _weigh(self) -> None:
        now = held_bytes(self._pids())
        if sum(now.values()) > sum(self._memory.values()):
            self._memory = now
        self._busy.append(self._load.busy())

    def _send(self, producer: Producer, key: bytes, headers: KafkaHeaders, value: bytes) -> None:
        try:
            producer.send(key, headers, value, lambda error: self._failed.append(str(error)))
        except StreamsError as error:
            self._failed.append(str(error))


def inputs(models: Sequence[str], sample: Callable[[str], Input]) -> dict[str, Input]:
    """The real input of each model."""
    return {model: sample(model) for model in models}
