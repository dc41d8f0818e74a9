"""A world in which anything may happen to a policy; what must hold of it is asserted at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from scheduler.policy import Policy
from scheduler.slots import ASLEEP
from scheduler.types import Completion, Placement, PoolState, Request
from tests.support.decisions import CONFIGURATION

SECONDS = {
    ("net", "gpu"): 0.1,
    ("net", "cpu"): 0.5,
    ("net", "board"): 0.4,
    ("text", "gpu"): 0.03,
    ("text", "cpu"): 0.04,
    ("text", "board"): 0.05,
}


@dataclass(frozen=True)
class Declared:
    """A pool: its models, the names of its slots, whether it starts at zero."""

    name: str
    models: tuple[str, ...]
    slots: tuple[str, ...]
    asleep: bool = False


POOLS = (
    Declared("gpu", ("net", "text"), ("gpu#0",)),
    Declared("cpu", ("net", "text"), ("cpu#0", "cpu#1")),
    Declared("board-a", ("text",), ("shared",)),
    Declared("board-b", ("net", "text"), ("shared",)),
    Declared("gpu-cold", ("net",), ("cold",), asleep=True),
)
COLD_START_S = 0.2


@dataclass
class Run:
    """What occupies a slot: since when, when it is believed to end, and when it truly does."""

    request: Request
    pool: Declared
    start_s: float
    believed_s: float
    end_s: float


class PolicyWorld:
    """Tells the policy what happens and checks what it places; no hop, no margin."""

    def __init__(self, policy: Policy, *, drops: bool = False) -> None:
        self.policy = policy
        self._drops = drops
        self.now_s = 0.0
        self.waiting: dict[str, Request] = {}
        self.ended: list[str] = []
        self._running: dict[str, Run] = {}
        self._away: set[str] = set()
        self._woken: set[str] = set()
        self._number = 0
        self._tell()

    @property
    def served(self) -> list[Request]:
        """What waits for a pool that is there."""
        models = {model for pool in self._here() for model in pool.models}
        return [request for request in self.waiting.values() if request.model in models]

    def arrive(self, model: str, budget_s: float) -> None:
        """A new request."""
        self._number += 1
        deadline_s = self.now_s + budget_s
        request = Request(
            key=str(self._number),
            model=model,
            arrival_s=self.now_s,
            deadline_s=deadline_s,
            expiry_s=deadline_s + 60,
        )
        self._arrived(request)
        self.decide()

    def withdraw(self, key: str) -> None:
        """A request, known or not, needs no placement any more."""
        self.waiting.pop(key, None)
        self.policy.withdrawn(key, self.now_s)
        self.decide()

    def toggle(self, name: str) -> None:
        """A pool vanishes, with all that runs there, or comes back."""
        self._away ^= {name}
        lost = [slot for slot, run in self._running.items() if run.pool.name in self._away]
        again = [self._running.pop(slot).request for slot in lost]
        self._woken -= self._away
        self._tell()
        for request in again:
            self._arrived(request)
        self.decide()

    def advance(self, seconds: float, factor: float) -> None:
        """Time goes on; what is started meanwhile takes ``factor`` times its profile."""
        until_s = self.now_s + seconds
        while (moment := self._next()) <= until_s:
            self._at(moment, factor)
        self._at(until_s, factor)

    def drain(self) -> None:
        """All pools come back; goes on until nothing waits or runs."""
        for name in sorted(self._away):
            self.toggle(name)
        for _ in range(10 * self._number + 20):
            if not (self._running or self.served):
                return
            assert self._next() < inf, "something waits and nothing will happen"
            self._at(self._next(), 1.0)
        raise AssertionError("it never ends")

    def decide(self, factor: float = 1.0) -> None:
        """The policy decides; each placement is checked."""
        doomed = set(self.policy.doomed(self.now_s))
        assert doomed <= self.waiting.keys()
        idle = all(slot not in self._running for pool in self._here() for slot in self._live(pool))
        wanted = bool(self.served) and idle and not self._drops
        placements = self.policy.decide(self.now_s)
        for placement in placements:
            self._place(placement, factor)
        wake_s = self.policy.wake_at_s()
        assert wake_s is None or wake_s > self.now_s
        assert placements or wake_s or not wanted, "all idles, nothing is placed nor will be"

    def _place(self, placement: Placement, factor: float) -> None:
        request = self.waiting.pop(placement.key)
        pool = next(pool for pool in self._here() if pool.name == placement.pool)
        assert request.model == placement.model
        assert request.model in pool.models
        slot, start_s = placement.slot, self.now_s
        if slot == ASLEEP:
            assert not self._live(pool)
            slot, start_s = pool.slots[0], self.now_s + COLD_START_S
            self._woken.add(pool.name)
        assert slot in pool.slots
        assert slot not in self._running, "more placements than slots"
        service_s = SECONDS[request.model, pool.name.split("-", maxsplit=1)[0]]
        end_s = start_s + service_s * factor
        self._running[slot] = Run(request, pool, start_s, start_s + service_s, end_s)

    def _at(self, moment_s: float, factor: float) -> None:
        self.now_s = moment_s
        over = [slot for slot, run in self._running.items() if run.end_s <= moment_s]
        runs = [self._running.pop(slot) for slot in over]
        self._tell()
        for run in runs:
            self.ended.append(run.request.key)
            self.policy.completed(_report(run), moment_s)
        self.decide(factor)

    def _next(self) -> float:
        wake_s = self.policy.wake_at_s()
        ends = [run.end_s for run in self._running.values()]
        return min([*ends, inf if wake_s is None else wake_s])

    def _arrived(self, request: Request) -> None:
        self.waiting[request.key] = request
        self.policy.arrived(request, self.now_s)

    def _here(self) -> Iterator[Declared]:
        return (pool for pool in POOLS if pool.name not in self._away)

    def _live(self, pool: Declared) -> tuple[str, ...]:
        return () if pool.asleep and pool.name not in self._woken else pool.slots

    def _free_s(self, slot: str) -> float:
        run = self._running.get(slot)
        if run is None:
            return self.now_s
        return run.believed_s if run.believed_s > self.now_s else self.now_s + 0.05

    def _tell(self) -> None:
        states = [
            PoolState(
                name=pool.name,
                architecture=pool.name.split("-", maxsplit=1)[0],
                configuration=CONFIGURATION.key,
                models=frozenset(pool.models),
                free_at_s=tuple(self._free_s(slot) for slot in self._live(pool)),
                slots=self._live(pool),
                cold_start_s=COLD_START_S if pool.asleep else 0.0,
                wakeable=0 if self._live(pool) else 1,
            )
            for pool in self._here()
        ]
        self.policy.capacity(states, self.now_s)


def _report(run: Run) -> Completion:
    return Completion(
        key=run.request.key,
        model=run.request.model,
        pool=run.pool.name,
        configuration=CONFIGURATION.key,
        service_s=run.end_s - run.start_s,
    )
