"""The policy's side: what waits, what it is told, what it is asked."""

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

from scheduler.errors import SchedulerError
from scheduler.policy import Policy, Tunable
from scheduler.simulator.agenda import DOUBTED, EXPIRED, TUNED, Agenda
from scheduler.simulator.belief import Belief
from scheduler.simulator.estimation import configuration
from scheduler.simulator.instances import Batch, Sent
from scheduler.simulator.types import Scenario
from scheduler.simulator.watch import Watch
from scheduler.simulator.workload import Workload
from scheduler.types import Completion, Placement, Request

Decided = tuple[int, Placement]
"""A request and what its policy decided."""


class Share(NamedTuple):
    """What is this desk's own, where other workers have requests too."""

    mine: Callable[[int], bool]
    hold: Callable[[int, Placement, float], int]
    """Takes a slot for taken, which is returned."""
    doubt_s: float
    """For so long another worker's placement is waited for."""


class Desk:
    """Tells the policy what happened, in the order of its interface, and asks it when need be.

    It is asked when something waits and there is news for it, or when it wanted to be.
    """

    def __init__(
        self,
        scenario: Scenario,
        workload: Workload,
        policy: Policy,
        belief: Belief,
        agenda: Agenda,
        *,
        send: Callable[[Sequence[Decided], float], None],
        watch: Watch,
        tuning_s: float,
        share: Share | None,
    ) -> None:
        """Without a ``share`` all requests are its own."""
        self._scenario = scenario
        self._policy = policy
        self._belief = belief
        self._agenda = agenda
        self._send = send
        self._share = share
        self._watch = watch
        self._tunable = policy if isinstance(policy, Tunable) else None
        self._tuning_s = tuning_s
        self._tuned = False
        self._names = [pool.name for pool in scenario.pools]
        self._keys = [configuration(pool).key for pool in scenario.pools]
        self._half_hop_s = [scenario.round_trip_s(pool) / 2 for pool in scenario.pools]
        self._model = [workload.models[model] for model in workload.model.tolist()]
        self._arrival_s: list[float] = workload.arrival_s.tolist()
        self._deadline_s: list[float] = workload.deadline_s.tolist()
        self._expiry_s: list[float] = (workload.arrival_s + workload.expiry_s).tolist()
        self._priority: list[int] = workload.priority.tolist()
        self._size_bytes: list[int] = workload.size_bytes.tolist()
        self._waiting: dict[str, int] = {}
        self._expected: dict[int, int] = {}
        """Others' requests that they should place by now, with the slots meant for them."""
        self._completed: list[Completion] = []
        self._withdrawn: list[str] = []
        self._arrived: dict[str, Request] = {}
        self._passed: list[Request] = []
        """Others' requests that came and went since the policy was told."""
        self.wake_s = inf
        """When the policy wants to be asked again."""

    def arrive(self, request: int, attempt: int = 1) -> None:
        """A request waits; the first time its expiry is put on the agenda."""
        key, expiry_s = str(request), self._expiry_s[request]
        self._waiting[key] = request
        self._arrived[key] = Request(
            key=key,
            model=self._model[request],
            arrival_s=self._arrival_s[request],
            deadline_s=self._deadline_s[request],
            expiry_s=expiry_s,
            priority=self._priority[request],
            size_bytes=self._size_bytes[request],
            attempt=attempt,
        )
        if attempt == 1 and expiry_s < inf and self._mine(request):
            self._agenda.add(expiry_s, EXPIRED, request)

    def doubt(self, request: int) -> None:
        """What was expected of another worker is known by now, or it does not come."""
        slot = self._expected.pop(request, None)
        if slot is not None:
            self._belief.cancelled(slot, request)

    def again(self, request: int, attempt: int, now_s: float) -> None:
        """A lost request waits once more, unless it has expired."""
        if self._expiry_s[request] > now_s:
            self.arrive(request, attempt)

    def expire(self, request: int) -> None:
        """A request that still waits is of no use any more."""
        key = str(request)
        if self._waiting.pop(key, None) is not None:
            arrived = self._arrived.pop(key, None)
            self._withdrawn.append(key)
            if arrived is not None:
                self._passed.append(arrived)

    def reported(self, batch: Batch, now_s: float) -> None:
        """An answer is back: the belief is put right, the policy will learn."""
        pool, slot, size = batch.pool, batch.slot, len(batch.sent)
        end_s = now_s - self._half_hop_s[pool]
        for sent in batch.sent:
            self._belief.ended(slot, sent.request, end_s)
            self._completed.append(
                Completion(
                    key=str(sent.request),
                    model=self._model[sent.request],
                    pool=self._names[pool],
                    configuration=self._keys[pool],
                    service_s=batch.service_s,
                    batch=size,
                )
            )

    def dropped(self, sent: Sent, now_s: float) -> None:
        """An instance has skipped what had expired."""
        self._belief.ended(sent.slot, sent.request, now_s - self._half_hop_s[sent.pool])

    def tuned(self, found: Any, now_s: float) -> None:
        """A search of the policy has ended."""
        if self._tunable is not None:
            self._tunable.tuned(found, now_s)
            self._tuned = True

    def talk(self, now_s: float) -> None:
        """All that happened at this instant, then, if something waits, the question."""
        if not self._news() and now_s < self.wake_s:
            return
        asking = bool(self._waiting)
        if asking and self._belief.outdated(now_s):
            self._policy.capacity(self._belief.states(now_s), now_s)
        self._tell(now_s)
        self.wake_s, self._tuned = inf, False
        if asking:
            self._ask(now_s)

    def _news(self) -> bool:
        told = self._arrived or self._passed or self._completed or self._withdrawn
        return bool(told) or self._belief.changed or self._tuned

    def _tell(self, now_s: float) -> None:
        policy = self._policy
        for completion in self._completed:
            policy.completed(completion, now_s)
        for key in self._withdrawn:
            policy.withdrawn(key, now_s)
        for passed in self._passed:
            policy.arrived(passed, now_s)
            policy.withdrawn(passed.key, now_s)
        for request in self._arrived.values():
            policy.arrived(request, now_s)
        if (self._arrived or self._passed) and self._tunable is not None:
            self._tune(self._tunable, now_s)
        self._completed.clear()
        self._withdrawn.clear()
        self._passed.clear()
        self._arrived.clear()

    def _tune(self, tunable: Tunable, now_s: float) -> None:
        search = tunable.tuning()
        if search is not None:
            self._agenda.add(now_s + self._tuning_s, TUNED, (self, self._watch.search(search)))

    def _ask(self, now_s: float) -> None:
        sent = []
        for placement in self._watch.decide(self._policy, now_s):
            request = self._waiting.pop(placement.key, None)
            if request is None:
                raise self._wrong(placement, f"request {placement.key!r}", "one that waits, once")
            if self._share is None or self._share.mine(request):
                sent.append((request, placement))
            else:
                self._expect(self._share, request, placement, now_s)
        self._send(sent, now_s)
        wake_s = self._policy.wake_at_s() if self._waiting else None
        if wake_s is not None and not wake_s > now_s:
            found = f"found {wake_s} at {now_s}, allowed: later than now, or None"
            raise SchedulerError(f"policy {self._policy.name}: wake_at_s: {found}")
        self.wake_s = inf if wake_s is None else wake_s

    def _expect(self, share: Share, request: int, placement: Placement, now_s: float) -> None:
        """Another worker, who knows the same, should place it just so."""
        self._expected[request] = share.hold(request, placement, now_s)
        self._agenda.add(now_s + share.doubt_s, DOUBTED, (self, request))

    def _mine(self, request: int) -> bool:
        return self._share is None or self._share.mine(request)

    def _wrong(self, placement: Placement, found: str, allowed: str) -> SchedulerError:
        place = f"policy {self._policy.name}: placement of {placement.key!r}"
        return SchedulerError(f"{place}: found {found}, allowed: {allowed}")
