"""Plays a workload against a policy: events in order of time on a virtual clock."""

from collections.abc import Callable, Mapping, Sequence
from math import inf
from typing import Any

from scheduler.errors import SchedulerError
from scheduler.policy import Policy
from scheduler.simulator import agenda as kinds
from scheduler.simulator.agenda import Agenda
from scheduler.simulator.company import Company, share
from scheduler.simulator.counter import Counter, Worker
from scheduler.simulator.desk import Desk
from scheduler.simulator.instances import Sent
from scheduler.simulator.layout import layout
from scheduler.simulator.outages import Outages, Trouble
from scheduler.simulator.plant import Plant
from scheduler.simulator.record import Record
from scheduler.simulator.run import Run
from scheduler.simulator.truth import Truth, check
from scheduler.simulator.types import Scenario
from scheduler.simulator.watch import Unwatched, Watch
from scheduler.simulator.workload import Workload

MOST_WAKES = 10_000
"""A run in which nothing but so many wakes of the policy happens is over."""


def simulate(
    scenario: Scenario,
    workload: Workload,
    policy: Policy | Sequence[Policy],
    *,
    seed: int = 0,
    watch: Watch | None = None,
    tuning_s: float = 0.0,
) -> Run:
    """The whole run; the same arguments give the same run, if the policy is as deterministic.

    A scenario with several workers has a policy for each of them.
    ``watch`` asks the policy and runs its searches; what one has found reaches the policy
    ``tuning_s`` virtual seconds after the search was due.

    Raises:
        SchedulerError: a request has a model without a profile, or the policy places what does not
            wait, or where it is not served, or there are not as many policies as workers.
    """
    check(scenario, workload)
    policies = policy if isinstance(policy, Sequence) else [policy]
    if len(policies) != scenario.workers:
        found = f"found {len(policies)} policies for {scenario.workers} workers"
        raise SchedulerError(f"{scenario.name}: workers: {found}, allowed: one for each")
    engine = Engine(
        scenario, workload, policies, seed, watch=watch or Unwatched(), tuning_s=tuning_s
    )
    return engine.play()


class Engine:
    """One run. At one instant: what is due, arrivals, starts, then the policy.

    What it places without a hop is due at the same instant, and starts then.
    """

    def __init__(
        self,
        scenario: Scenario,
        workload: Workload,
        policies: Sequence[Policy],
        seed: int,
        *,
        watch: Watch,
        tuning_s: float,
    ) -> None:
        places, events = layout(scenario), Agenda()
        truth = Truth(scenario, places, workload, seed)
        self._agenda = events
        self._arrivals: list[float] = workload.arrival_s.tolist()
        self._record = Record(scenario, places, workload)
        self._plant = Plant(scenario, places, workload, truth, events, self._record)
        staff = [Worker.of(scenario, places, self._plant, events) for _ in policies]
        beliefs = [worker.belief for worker in staff]
        self._outages = Outages(scenario, places, self._plant, beliefs, events)
        self._counter = Counter(scenario, places, self._plant, staff, events)
        desks = [
            Desk(
                scenario,
                workload,
                policy,
                worker.belief,
                events,
                send=self._counter.of(number),
                watch=watch,
                tuning_s=tuning_s,
                share=share(scenario, self._counter, number),
            )
            for number, (policy, worker) in enumerate(zip(policies, staff, strict=True))
        ]
        self._company = Company(scenario, workload, desks, self._counter, events)
        self._desk = desks[0] if len(desks) == 1 else self._company
        self._happens = self._handlers()

    def play(self) -> Run:
        """Everything in order of time, until nothing happens any more."""
        agenda, desk, plant, arrivals = self._agenda, self._desk, self._plant, self._arrivals
        turn, wakes = 0, 0
        while wakes < MOST_WAKES:
            now_s = min(agenda.next_s(), desk.wake_s)
            if turn < len(arrivals) and arrivals[turn] <= now_s:
                now_s = arrivals[turn]
            if now_s == inf:
                break
            wakes = 0 if self._happen(now_s) else wakes + 1
            while turn < len(arrivals) and arrivals[turn] == now_s:
                desk.arrive(turn)
                turn, wakes = turn + 1, 0
            plant.start(now_s)
            desk.talk(now_s)
        return self._record.run()._replace(overplaced=self._counter.overplaced)

    def _happen(self, now_s: float) -> bool:
        """All that is on the agenda for this instant; False: nothing."""
        agenda, happens = self._agenda, self._happens
        found = False
        while agenda.next_s() == now_s:
            kind, what = agenda.take()
            happens[kind](what, now_s)
            found = True
        return found

    def _handlers(self) -> tuple[Callable[[Any, float], None], ...]:
        by_kind: Mapping[int, Callable[[Any, float], None]] = {
            kinds.ENDED: self._plant.ended,
            kinds.REPORTED: self._desk.reported,
            kinds.DROPPED: self._desk.dropped,
            kinds.BACK: self._back,
            kinds.OUT: self._outages.begin,
            kinds.READY: lambda pool, _: self._plant.ready(pool),
            kinds.EXPIRED: lambda request, _: self._desk.expire(request),
            kinds.NOTICED: self._noticed,
            kinds.REACHED: self._reached,
            kinds.TUNED: _tuned,
            kinds.CLAIMED: self._company.claimed,
            kinds.HEARD: self._company.heard,
            kinds.DOUBTED: _doubted,
        }
        return tuple([by_kind[kind] for kind in sorted(by_kind)])

    def _back(self, trouble: Trouble, now_s: float) -> None:
        self._again(self._outages.end(trouble, now_s), now_s)

    def _noticed(self, trouble: Trouble, now_s: float) -> None:
        self._again(self._outages.notice(trouble), now_s)

    def _again(self, lost: list[Sent], now_s: float) -> None:
        for sent in lost:
            self._desk.again(sent.request, self._record.attempts[sent.request] + 1, now_s)

    def _reached(self, sent: Sent, now_s: float) -> None:
        if not self._plant.reached(sent):
            self._outages.swallow(sent, now_s)


def _tuned(found: tuple[Desk, Any], now_s: float) -> None:
    desk, weights = found
    desk.tuned(weights, now_s)


def _doubted(expected: tuple[Desk, int], _: float) -> None:
    desk, request = expected
    desk.doubt(request)
