"""An in-memory world around the core: logs with offsets, a ledger, a clock that is told."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from functions.rfc3339 import render
from functions.schema import Capacity, Feedback, Held, InstanceState, Timing
from scheduler.policy import Policy
from streams.core import Dispatcher
from streams.core.slots import Estimates
from streams.core.standing import Standing
from streams.ports import (
    Acknowledge,
    Conclude,
    Effect,
    Headers,
    History,
    LetGo,
    Outgoing,
    Place,
    Record,
    Reported,
    Tell,
)
from streams.schema import News, Outcome, Pool
from streams.settings import Settings
from streams.topics import Topics
from tests.support.memory_ports import recalled
from tests.support.stream_policy import FirstIdle, FixedEstimates

_STEP_S = 1.0
START_S = 1_800_000_000.0
SETTINGS = Settings(tenants=("default", "other"), partitions=4)


class World:
    """Carries out effects at once; ``commits`` False holds outcomes back until `commit`."""

    def __init__(
        self,
        settings: Settings = SETTINGS,
        policy: Policy | None = None,
        reported: Reported = lambda _: 0,
        estimates: Estimates | None = None,
        standing: Standing | None = None,
    ) -> None:
        self.settings = settings
        self.reported = reported
        self.estimates = estimates or FixedEstimates()
        self.standing = standing
        self.told: list[News] = []
        self.topics = Topics(settings)
        self.policy = policy or FirstIdle()
        self.now_s = START_S
        self.commits = True
        self.log: dict[tuple[str, int], list[Record]] = defaultdict(list)
        self.placed: list[Place] = []
        self.uncommitted: list[Conclude] = []
        self.outcomes: list[Outcome] = []
        self.records: list[Outgoing] = []
        self.acknowledged: dict[tuple[str, int], int] = {}
        self.let_go: set[tuple[str, int, int]] = set()
        self.capacities: dict[str, int] = {}
        self.core = self.fresh_core()

    def fresh_core(self) -> Dispatcher:
        """A worker that knows nothing."""
        return Dispatcher(
            self.settings,
            self.policy,
            self.estimates,
            self.topics,
            "v1",
            reported=self.reported,
            standing=self.standing,
        )

    def start(self, partitions: Iterable[int] = (0,)) -> "World":
        """Own partitions without a history, and know the pools."""
        for partition in partitions:
            self.own(partition)
        self.do(self.core.pools_ready(self.now_s))
        return self

    def own(self, partition: int) -> None:
        """Be assigned a partition and restore it from what is committed."""
        self.core.assigned(partition, self.now_s)
        self.do(self.core.restored(partition, self.history(partition), self.now_s))

    def history(self, partition: int) -> History:
        """What the ledger would read."""
        decisions = (place.decision for place in self.placed)
        return recalled(
            (one for one in self.outcomes if one.request_partition == partition),
            (one for one in decisions if one.request_partition == partition),
        )

    def pool(self, name: str = "edge", *, models: Sequence[str] = ("m",), **fields: Any) -> None:
        """Declare a pool."""
        given: dict[str, Any] = {"architecture": "jetson", "configuration": "c", **fields}
        topic = self.topics.pool(given["architecture"], name)
        pool = Pool(name=name, models=tuple(models), topic=topic, **given)
        self.do(self.core.declared(pool, self.now_s))

    def hold(
        self,
        instance: str = "edge-1",
        *,
        pool: str = "edge",
        device: str = "",
        slots: int = 1,
        running: Sequence[Held] = (),
        queued: Sequence[Held] = (),
        state: InstanceState = "ready",
        sequence: int | None = None,
        append_s: float | None = None,
    ) -> None:
        """An instance says what it holds."""
        number = self.capacities.get(instance, 0) + 1 if sequence is None else sequence
        self.capacities[instance] = number
        capacity = Capacity(
            instance=instance,
            device=device or instance,
            pool=pool,
            architecture="jetson",
            configuration="c",
            slots=slots,
            models=("m",),
            state=state,
            sequence=number,
            running=tuple(running),
            queued=tuple(queued),
        )
        append_s = self.now_s if append_s is None else append_s
        self.do(self.core.capacity(capacity, append_s, self.now_s))

    def submit(
        self,
        name: str = "a",
        /,
        *,
        partition: int = 0,
        tenant: str = "default",
        value: bytes = b"input",
        key: bytes | None = None,
        **attributes: str,
    ) -> Record:
        """A producer sends a request with a deadline one second ahead."""
        given = {"specversion": "1.0", "id": name, "source": "/test", "type": "t", "subject": "m"}
        given |= {"time": render(self.now_s), "deadline": render(self.now_s + 1.0)} | attributes
        headers = tuple((f"ce_{k}", v.encode()) for k, v in given.items() if v)
        return self.send(headers, value, partition=partition, tenant=tenant, key=key)

    def send(
        self,
        headers: Headers,
        value: bytes,
        *,
        partition: int = 0,
        tenant: str = "default",
        key: bytes | None = None,
    ) -> Record:
        """Any record on the requests topic."""
        topic = self.topics.tenant(tenant, "requests")
        record = self.append(topic, partition, headers, value, key)
        self.deliver(record, tenant)
        return record

    def append(
        self, topic: str, partition: int, headers: Headers, value: bytes, key: bytes | None = None
    ) -> Record:
        """Write to a log."""
        log = self.log[topic, partition]
        record = Record(
            topic=topic,
            partition=partition,
            offset=len(log),
            append_s=self.now_s,
            key=key,
            headers=headers,
            value=value,
        )
        log.append(record)
        return record

    def deliver(self, record: Record, tenant: str = "default") -> None:
        """Hand a record to the core, for the first time or again."""
        if record.topic == self.topics.system("latency"):
            self.do(self.core.reported(record, self.now_s))
        else:
            self.do(self.core.requested(tenant, record, self.now_s))

    @staticmethod
    def stamp(at_s: float) -> str:
        """A time as events have it."""
        return render(at_s)

    def report(self, place: Place, **fields: Any) -> Record:
        """A function reports the end of a placement."""
        decision = place.decision
        given: dict[str, Any] = {
            "verdict": "answered",
            "timing": Timing(compute_s=0.01),
            "instance": "edge-1",
            "result_topic": self.topics.tenant(decision.tenant, "results"),
            "result_partition": 0,
            "result_offset": 7,
        }
        if fields.get("verdict", "answered") != "answered":
            given |= {"result_topic": "", "result_partition": -1, "result_offset": -1}
        feedback = Feedback(
            identity=place.identity,
            request_id=decision.request_id,
            tenant=decision.tenant,
            attempt=place.attempt,
            model=decision.model,
            pool=decision.pool,
            architecture=decision.architecture,
            configuration=decision.configuration,
            **given | fields,
        )
        topic = self.topics.system("latency")
        value = msgspec.json.encode(feedback)
        record = self.append(topic, decision.request_partition, (), value)
        self.deliver(record)
        return record

    def tick(self, after_s: float = 0.0) -> None:
        """Let time go by, in steps as a worker that is awake makes them, and wake the core."""
        while after_s > _STEP_S:
            self.now_s, after_s = self.now_s + _STEP_S, after_s - _STEP_S
            self.do(self.core.tick(self.now_s))
        self.now_s += after_s
        self.do(self.core.tick(self.now_s))

    def live(self, seconds: float) -> None:
        """Let time go by in steps in which every known instance is heard empty-handed."""
        for _ in range(round(seconds)):
            self.now_s += 1.0
            for instance in list(self.capacities):
                self.hold(instance)
            self.tick()

    def do(self, effects: Sequence[Effect]) -> None:
        """Carry out effects in their order."""
        for effect in effects:
            if isinstance(effect, Place):
                self.placed.append(effect)
            elif isinstance(effect, Conclude):
                self.uncommitted.append(effect)
            elif isinstance(effect, LetGo):
                self.let_go.add((effect.topic, effect.partition, effect.offset))
            elif isinstance(effect, Tell):
                self.told.append(msgspec.json.decode(effect.record.value, type=News))
            else:
                self._acknowledge(effect)
        if self.commits and self.uncommitted:
            self.commit()

    def commit(self) -> None:
        """The ledger commits what it was given."""
        batch, self.uncommitted = self.uncommitted, []
        self.outcomes += [conclude.outcome for conclude in batch]
        self.records += [record for conclude in batch for record in conclude.records]
        self.do(self.core.committed(batch, self.now_s))

    def written(self, topic: str) -> list[Outgoing]:
        """What the ledger wrote to a topic."""
        return [record for record in self.records if record.topic == topic]

    def held(self, place: Place, elapsed_s: float = 0.0) -> Held:
        """A placement as an instance lists it."""
        return Held(
            identity=place.identity,
            attempt=place.attempt,
            model=place.decision.model,
            elapsed_s=elapsed_s,
        )

    def acked(self, name: str = "requests", partition: int = 0, tenant: str = "default") -> int:
        """The acknowledged offset; -1: none."""
        topic = (
            self.topics.system("latency") if name == "latency" else self.topics.tenant(tenant, name)
        )
        return self.acknowledged.get((topic, partition), -1)

    def _acknowledge(self, effect: Acknowledge) -> None:
        place = (effect.topic, effect.partition)
        assert effect.offset >= self.acknowledged.get(place, -1), "acknowledged backwards"
        self.acknowledged[place] = effect.offset
