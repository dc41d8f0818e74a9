"""The same instances and requests in simpy, as one would write them first: what we compare with."""

from collections.abc import Callable, Generator, Iterator
from itertools import cycle
from typing import Any

import simpy

from scheduler.policy import Policy
from scheduler.simulator.estimation import configuration
from scheduler.simulator.types import Scenario
from scheduler.simulator.workload import Workload
from scheduler.types import Completion, Placement, PoolState, Request

Steps = Generator[simpy.Event, Any, None]
Choose = Callable[[int, float], int]
"""From the model and the time to the instance."""


def round_robin(scenario: Scenario, workload: Workload) -> list[float]:
    """Ends by request: each to the next instance."""
    turns = cycle(range(len(_instances(scenario))))
    return _bound(scenario, workload, lambda *_: next(turns))


def earliest(scenario: Scenario, workload: Workload) -> list[float]:
    """Ends by request: each where backlog and service end first, the rule of policy mael."""
    instances, seconds = _instances(scenario), _seconds(scenario, workload)
    free_s = [0.0] * len(instances)

    def choose(model: int, now_s: float) -> int:
        times = seconds[model]
        ends_s = [
            max(at_s, now_s) + times[pool] for at_s, pool in zip(free_s, instances, strict=True)
        ]
        chosen = ends_s.index(min(ends_s))
        free_s[chosen] = ends_s[chosen]
        return chosen

    return _bound(scenario, workload, choose)


def asked(scenario: Scenario, workload: Workload, policy: Policy) -> list[float]:
    """Ends by request: a policy of ours is told of each event and places."""
    return _Asked(scenario, workload, policy).run()


def _bound(scenario: Scenario, workload: Workload, choose: Choose) -> list[float]:
    """One process per request, one resource per instance."""
    env, pools = simpy.Environment(), _instances(scenario)
    instances = [simpy.Resource(env) for _ in pools]
    seconds = _seconds(scenario, workload)
    ends_s = [0.0] * workload.arrival_s.size

    def request(number: int, model: int) -> Steps:
        chosen = choose(model, env.now)
        with instances[chosen].request() as turn:
            yield turn
            yield env.timeout(seconds[model][pools[chosen]])
        ends_s[number] = env.now

    def arrivals() -> Steps:
        for number, (at_s, model) in enumerate(_requests(workload)):
            yield env.timeout(at_s - env.now)
            env.process(request(number, model))

    env.process(arrivals())
    env.run()
    return ends_s


class _Asked:
    """One process per placement; instances are told as believed, which is here as they are."""

    def __init__(self, scenario: Scenario, workload: Workload, policy: Policy) -> None:
        self._env, self._policy, self._workload = simpy.Environment(), policy, workload
        self._scenario, self._seconds = scenario, _seconds(scenario, workload)
        self._pool = {pool.name: number for number, pool in enumerate(scenario.pools)}
        names = [f"{p.name}#{n}" for p in scenario.pools for n in range(p.instances)]
        self._slots = {name: self._pool[name.partition("#")[0]] for name in names}
        self._free_s = dict.fromkeys(names, 0.0)
        self._ends_s = [0.0] * workload.arrival_s.size

    def run(self) -> list[float]:
        """Plays everything."""
        self._tell_capacity()
        self._env.process(self._arrivals())
        self._env.run()
        return self._ends_s

    def _arrivals(self) -> Steps:
        deadlines_s = self._workload.deadline_s.tolist()
        for number, (at_s, model) in enumerate(_requests(self._workload)):
            yield self._env.timeout(at_s - self._env.now)
            request = Request(
                key=str(number),
                model=self._workload.models[model],
                arrival_s=at_s,
                deadline_s=deadlines_s[number],
                expiry_s=float("inf"),
            )
            self._policy.arrived(request, self._env.now)
            self._ask()

    def _ask(self) -> None:
        for placement in self._policy.decide(self._env.now):
            self._env.process(self._service(placement))

    def _service(self, placement: Placement) -> Steps:
        number, pool = int(placement.key), self._pool[placement.pool]
        service_s = self._seconds[self._workload.model[number]][pool]
        self._free_s[placement.slot] = self._env.now + service_s
        yield self._env.timeout(service_s)
        self._ends_s[number] = self._env.now
        self._free_s[placement.slot] = 0.0
        self._tell_capacity()
        completion = Completion(
            key=placement.key,
            model=placement.model,
            pool=placement.pool,
            configuration=placement.configuration,
            service_s=service_s,
        )
        self._policy.completed(completion, self._env.now)
        self._ask()

    def _tell_capacity(self) -> None:
        states = [self._state(number) for number in range(len(self._scenario.pools))]
        self._policy.capacity(states, self._env.now)

    def _state(self, number: int) -> PoolState:
        pool = self._scenario.pools[number]
        slots = tuple([name for name, at in self._slots.items() if at == number])
        return PoolState(
            name=pool.name,
            architecture=pool.architecture,
            configuration=configuration(pool).key,
            models=frozenset(self._scenario.models),
            free_at_s=tuple([self._free_s[slot] for slot in slots]),
            slots=slots,
        )


def _requests(workload: Workload) -> Iterator[tuple[float, int]]:
    return zip(workload.arrival_s.tolist(), workload.model.tolist(), strict=True)


def _instances(scenario: Scenario) -> list[int]:
    """By instance its pool."""
    return [n for n, pool in enumerate(scenario.pools) for _ in range(pool.instances)]


def _seconds(scenario: Scenario, workload: Workload) -> list[list[float]]:
    """[model][pool] of one request."""
    return [[scenario.seconds(m, pool)[1] for pool in scenario.pools] for m in workload.models]
