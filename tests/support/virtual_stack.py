"""The core of the app before functions that are data, on a virtual clock."""

from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from itertools import count

from functions.rfc3339 import render
from functions.schema import Held, Timing
from scheduler.registry import variant
from scheduler.simulator.estimation import configuration, estimator
from scheduler.simulator.types import Pool, Scenario, seconds_at
from scheduler.simulator.workload import Workload
from streams.core import Dispatcher
from streams.ports import Place
from streams.settings import Settings
from tests.support.stream_world import World

BREATH_S = 0.001
"""As in `streams.app`."""
HEARTBEAT_S = 1.0
SETTINGS = Settings(partitions=1)


class Function:
    """The instance of one pool: as many slots as the pool has instances, a queue by deadline."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.running: dict[str, tuple[Place, float]] = {}
        """By identity what is computed, and since when."""
        self.queued: list[tuple[float, int, float, Place]] = []
        """Deadline, turn, since when, what."""

    def next(self, now_s: float) -> tuple[Place, float] | None:
        """What starts now, if a slot is free and something waits, and since when it has waited."""
        if not self.queued or len(self.running) >= self.pool.instances:
            return None
        _, _, since_s, place = heappop(self.queued)
        self.running[place.identity] = (place, now_s)
        return place, since_s


class VirtualStack(World):
    """Plays a scenario through the dispatcher: requests, placements, reports, capacity events.

    Requests, placements and reports take the pool's hop each way, capacity events too. The true
    service is profile x work, as in the simulator.
    """

    def __init__(
        self, scenario: Scenario, workload: Workload, policy: str, settings: Settings = SETTINGS
    ) -> None:
        self._scenario = scenario
        self._workload = workload
        self._estimator = estimator(scenario, 0)
        super().__init__(settings, variant(policy, self._estimator))
        self._events: list[tuple[float, int, Callable[[], object]]] = []
        self._turns = count()
        self._functions = {pool.name: Function(pool) for pool in scenario.pools}
        self._carried = 0

    def fresh_core(self) -> Dispatcher:
        """A worker whose estimates are those of the policy."""
        return Dispatcher(
            self.settings, self.policy, self._estimator, self.topics, "v1", breath_s=BREATH_S
        )  # fmt: skip

    def play(self) -> None:
        """Everything, until each request has its outcome."""
        for function in self._functions.values():
            self._declare(function)
        self.start()
        self.now_s += HEARTBEAT_S
        begun_s = self.now_s
        for number, at_s in enumerate(self._workload.arrival_s.tolist()):
            self._at(begun_s + at_s, partial(self._submit, number))
        while len(self.outcomes) < self._workload.arrival_s.size:
            self._step()

    def _step(self) -> None:
        wake_s = self.core.wake_at_s()
        if wake_s is not None and wake_s < self._events[0][0]:
            self.now_s = max(self.now_s, wake_s)
            self.tick()
        else:
            self.now_s, _, happens = heappop(self._events)
            happens()
        for place in self.placed[self._carried :]:
            hop_s = self._hop_s(place)
            self._at(self.now_s + hop_s, partial(self._reach, place))
        self._carried = len(self.placed)

    def _at(self, at_s: float, happens: Callable[[], object]) -> None:
        heappush(self._events, (at_s, next(self._turns), happens))

    def _declare(self, function: Function) -> None:
        pool = function.pool
        models = [model for model in self._scenario.models if self._scenario.seconds(model, pool)]
        self.pool(
            pool.name,
            models=models,
            architecture=pool.architecture,
            configuration=configuration(pool).key,
            slots=pool.instances,
        )
        self._beat(function)

    def _submit(self, number: int) -> None:
        asked = self._workload
        deadline_s = self.now_s + float(asked.qos_s[number])
        self.submit(
            str(number), subject=asked.models[asked.model[number]], deadline=render(deadline_s),
            tenant=self.tenant(number),
        )  # fmt: skip

    def tenant(self, number: int) -> str:
        """Whose request it is."""
        return self.settings.tenants[0]

    def _reach(self, place: Place) -> None:
        """A placement comes to its instance."""
        function = self._functions[place.decision.pool]
        due_s = place.decision.placed_s + place.decision.predicted_s + place.decision.slack_s
        heappush(function.queued, (due_s, next(self._turns), self.now_s, place))
        self._go_on(function)

    def _go_on(self, function: Function) -> None:
        while (started := function.next(self.now_s)) is not None:
            place, since_s = started
            decision = place.decision
            seconds = seconds_at(self._scenario.seconds(decision.model, function.pool), 1)
            service_s = seconds * float(self._workload.work[int(decision.request_id)])
            timing = Timing(compute_s=service_s, queue_s=self.now_s - since_s)
            self._at(self.now_s + service_s, partial(self._end, function, place, timing))
        self._tell(function)

    def _end(self, function: Function, place: Place, timing: Timing) -> None:
        del function.running[place.identity]
        answer = partial(self.report, place, instance=f"{function.pool.name}-1", timing=timing)
        self._at(self.now_s + self._hop_s(place), answer)
        self._go_on(function)

    def _tell(self, function: Function) -> None:
        """A capacity event leaves; it is read a hop later."""
        running = [self.held(p, self.now_s - since_s) for p, since_s in function.running.values()]
        queued = [
            self.held(place, self.now_s - since_s)
            for _, _, since_s, place in sorted(function.queued)
        ]
        hop_s = self._scenario.round_trip_s(function.pool) / 2
        said = partial(self._said, function, running, queued, self.now_s)
        self._at(self.now_s + hop_s, said)

    def _said(
        self, function: Function, running: list[Held], queued: list[Held], append_s: float
    ) -> None:
        pool = function.pool
        self.hold(
            f"{pool.name}-1",
            pool=pool.name,
            slots=pool.instances,
            running=running,
            queued=queued,
            append_s=append_s,
        )

    def _beat(self, function: Function) -> None:
        self._tell(function)
        self._at(self.now_s + HEARTBEAT_S, partial(self._beat, function))

    def _hop_s(self, place: Place) -> float:
        return self._scenario.round_trip_s(self._functions[place.decision.pool].pool) / 2


def violation_ratio(stack: VirtualStack) -> float:
    """The share of the requests that was not answered in time."""
    met = sum(outcome.kind == "met" for outcome in stack.outcomes)
    return 1 - met / len(stack.outcomes)
