"""The desk of the policy: tells it what happened in the order it expects, asks it to decide."""

from collections.abc import Iterable
from typing import NamedTuple

from scheduler.policy import Policy
from scheduler.types import Completion, Placement, Request
from streams.core.life import Life, Stage
from streams.core.notes import Notes
from streams.core.slots import Slots
from streams.core.tally import Tally


class Decided(NamedTuple):
    """What the policy has decided."""

    ours: list[tuple[Life, Placement]]
    theirs: list[Placement]
    """What other workers should decide too, of requests of their own."""


class Desk:
    """Requests that wait: those for the policy, those no pool serves yet, those for a retry."""

    def __init__(self, policy: Policy, slots: Slots, notes: Notes) -> None:
        self._policy = policy
        self._notes = notes
        self._slots = slots
        self._models = slots.models
        self.pools_known = False
        """Whether all declared pools were read once."""
        self.tally = Tally()
        """Of all that wait."""
        self._waiting: dict[str, Life] = {}
        self._unserved: dict[str, Life] = {}
        self._completed: list[Completion] = []
        self._withdrawn: list[str] = []
        self._arrived: dict[str, Request] = {}
        self._theirs: set[str] = set()
        """Keys of other workers' requests that wait."""
        self._passed: list[Request] = []
        """Of them those that came and went since the policy was told."""

    def __len__(self) -> int:
        """How many requests wait."""
        return len(self.tally)

    @property
    def policy(self) -> str:
        """The policy's name."""
        return self._policy.name

    def serves(self, model: str) -> bool:
        """Whether an eligible pool serves the model."""
        return model in self._models

    def unserved(self) -> list[Life]:
        """Requests that wait for a pool that serves their model."""
        return list(self._unserved.values())

    def pools_changed(self) -> None:
        """Hand over what can be served now."""
        self._models = self._slots.models
        for life in self.unserved():
            if life.envelope.model in self._models:
                del self._unserved[life.identity]
                self.arrived(life)

    def arrived(self, life: Life) -> None:
        """A request waits for its next attempt."""
        self.tally.add(life)
        if life.envelope.model not in self._models:
            life.stage = Stage.PENDING
            self._unserved[life.identity] = life
            return
        life.stage = Stage.WAITING
        self._waiting[life.identity] = life
        request = self._arrived[life.identity] = life.request()
        self._notes.waits(request)

    def heard(self, request: Request) -> None:
        """Another worker's request waits; the policy knows of it, to decide in its knowledge."""
        known = request.key in self._waiting or request.key in self._theirs
        if request.model in self._models and not known:
            self._theirs.add(request.key)
            self._arrived[request.key] = request

    def settled(self, key: str) -> None:
        """Another worker's request does not wait any more, or not as it was told."""
        if key not in self._theirs:
            return
        self._theirs.discard(key)
        passed = self._arrived.pop(key, None)
        if passed is None:
            self._withdrawn.append(key)
        else:
            self._passed.append(passed)

    def rests(self, life: Life) -> None:
        """A request waits until its next attempt is due; it comes back as `arrived`."""
        life.stage = Stage.PENDING
        self.tally.add(life)

    def withdrawn(self, life: Life) -> None:
        """A request needs no placement any more; whether it waits does not matter."""
        self.tally.remove(life)
        self._unserved.pop(life.identity, None)
        if self._waiting.pop(life.identity, None) is None:
            return
        self._notes.settled(life.identity)
        if self._arrived.pop(life.identity, None) is None:
            self._withdrawn.append(life.identity)

    def completed(self, completion: Completion, *, told: bool = False) -> None:
        """A computation ended; ``told``: another worker said so."""
        self._completed.append(completion)
        if not told:
            self._notes.learnt(completion)

    def doomed(self, now_s: float) -> list[Life]:
        """Waiting requests that cannot meet their deadline any more.

        After those that the policy knows: those that no pool serves, which wait for one.
        """
        self._tell(now_s)
        known = [self._waiting[key] for key in self._policy.doomed(now_s) if key in self._waiting]
        return [*known, *self.unserved()] if self.pools_known else known

    def decide(self, now_s: float) -> Decided:
        """What to place now."""
        self._tell(now_s)
        decided = Decided([], [])
        if self._asks:
            self._take(self._policy.decide(now_s), decided)
        return decided

    def wake_at_s(self) -> float | None:
        """When to decide again though nothing happens."""
        return self._policy.wake_at_s() if self._asks else None

    @property
    def _asks(self) -> bool:
        return bool(self._waiting or self._theirs)

    def _take(self, placements: Iterable[Placement], decided: Decided) -> None:
        for placement in placements:
            life = self._waiting.pop(placement.key, None)
            if life is not None:
                self.tally.remove(life)
                decided.ours.append((life, placement))
            elif placement.key in self._theirs:
                self._theirs.discard(placement.key)
                decided.theirs.append(placement)

    def _tell(self, now_s: float) -> None:
        slots, policy = self._slots, self._policy
        if self._asks and (slots.changed or slots.overdue(now_s)):
            policy.capacity(slots.states(now_s), now_s)
        for completion in self._completed:
            policy.completed(completion, now_s)
        self._completed.clear()
        if self._withdrawn:
            for key in self._withdrawn:
                policy.withdrawn(key, now_s)
            self._withdrawn.clear()
        if self._passed:
            self._tell_passed(now_s)
        if self._arrived:
            for request in self._arrived.values():
                policy.arrived(request, now_s)
            self._arrived.clear()

    def _tell_passed(self, now_s: float) -> None:
        for request in self._passed:
            self._policy.arrived(request, now_s)
            self._policy.withdrawn(request.key, now_s)
        self._passed.clear()
