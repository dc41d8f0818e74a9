"""A whole run of policy synergai in compiled code, where the scenario allows it.

The kernel decides as in the policy and learns as in the estimator; only the bookkeeping around it
is other code, which a test holds to the same runs.
"""

from math import inf

import numpy as np

from scheduler.correction import PRIOR_WEIGHT
from scheduler.estimator import Estimator
from scheduler.kernel import running
from scheduler.kernel.correcting import VARIANCE, WEIGHT, WIDTH
from scheduler.kernel.queueing import sort
from scheduler.kernel.simulating import advance, dispatch
from scheduler.kernel.state import Floats, Ints
from scheduler.layout import Layout
from scheduler.policies.synergai import SynergaiParameters
from scheduler.simulator.belief import Belief
from scheduler.simulator.layout import layout
from scheduler.simulator.record import energy_j, span
from scheduler.simulator.run import Run
from scheduler.simulator.truth import Truth, check
from scheduler.simulator.types import Scenario
from scheduler.simulator.watch import Unwatched, Watch
from scheduler.simulator.workload import Workload


def fits(scenario: Scenario, workload: Workload) -> bool:
    """Whether `simulate` can play it: one worker, no outages, cold starts, batches or expiry."""
    served = frozenset[str]().union(*map(scenario.served, scenario.pools))
    return (
        scenario.workers == 1
        and not scenario.outages
        and all(pool.start == "warm" for pool in scenario.pools)
        and all(drift.instance is None for drift in scenario.drift)
        and all(max(s) == 1 for row in scenario.profiles.values() for s in row.values())
        and bool(np.all(workload.expiry_s == inf))
        and served.issuperset(workload.models)
    )


def simulate(
    scenario: Scenario,
    workload: Workload,
    estimator: Estimator,
    parameters: SynergaiParameters,
    *,
    seed: int = 0,
    watch: Watch | None = None,
) -> Run:
    """The run that `scheduler.simulator.engine` would play of policy synergai.

    ``watch`` runs its searches; what one finds counts from the instant at which it was due.

    Raises:
        SchedulerError: a request has a model without a profile.
    """
    check(scenario, workload)
    return _Played(scenario, workload, estimator, parameters, seed).play(watch or Unwatched())


class _Played:
    """One run: the kernel plays from one stop to the next, prices and searches come between."""

    def __init__(
        self,
        scenario: Scenario,
        workload: Workload,
        estimator: Estimator,
        parameters: SynergaiParameters,
        seed: int,
    ) -> None:
        self._scenario, self._workload = scenario, workload
        self._places = layout(scenario)
        self._layout = Layout(Belief(scenario, self._places).states(-inf))
        self._world = self._layout.world(estimator)
        self._slots = self._layout.slot_states()
        self._market = parameters.market()
        self._shift_s = self._market.reprice(self._world, self._layout)
        numbers = [self._layout.model_number[model] for model in workload.models]
        self._model = np.array(numbers, np.int64)[workload.model]
        self._stream = self._truth(Truth(scenario, self._places, workload, seed))
        self._belief = self._prior(estimator)
        self._run = running.fresh(workload.arrival_s.size, len(self._layout.slots))
        self._told = self._heard = 0

    def play(self, watch: Watch) -> Run:
        """Everything in order of time."""
        total = self._workload.arrival_s.size
        while (stop := self._market.next_stop()) <= total:
            self._advance(stop)
            search = self._market.tuning(self._world, self._layout)
            if self._market.prices_due:
                self._reprice()
            elif self._market.look_due:
                self._market.look()
            if search is not None:
                self._market.tuned(watch.search(search))
                self._reprice()
                dispatch(self._run, self._world, self._slots, self._market.rule, self._stream)
        self._advance(total + 1)
        return self._result()

    def _advance(self, until: int) -> None:
        """Plays until so many requests have arrived, and tells the market what happened."""
        run = self._run
        advance(
            run,
            self._world,
            self._slots,
            self._stream,
            self._belief,
            self._market.rule,
            self._shift_s,
            until,
            True,
        )
        arrived, heard = (int(run.counts[what]) for what in (running.ARRIVALS, running.REPORTS))
        self._tell_arrivals(slice(self._told, arrived))
        self._tell_ends(run.order[self._heard : heard])
        self._told, self._heard = arrived, heard

    def _tell_arrivals(self, came: slice) -> None:
        stream, models = self._stream, self._layout.models
        for model, arrival_s, qos_s, size in zip(
            self._model[came].tolist(),
            stream.arrival[came].tolist(),
            (stream.due[came] - stream.arrival[came]).tolist(),
            stream.size[came].tolist(),
            strict=True,
        ):
            self._market.arrived(models[model], arrival_s, qos_s, size)

    def _tell_ends(self, ended: Ints) -> None:
        models, ratios = self._model[ended].tolist(), self._run.ratio[ended].tolist()
        for model, ratio in zip(models, ratios, strict=True):
            self._market.completed(self._layout.models[model], ratio, 1.0)

    def _reprice(self) -> None:
        self._shift_s = self._market.reprice(self._world, self._layout)
        sort(self._run.queue, int(self._run.counts[running.QUEUED]), self._shift_s)

    def _truth(self, truth: Truth) -> running.Stream:
        workload = self._workload
        times = np.array([[found[0] if found else inf for found in row] for row in truth.times])
        drift_at, drift_factor = self._drift()
        return running.Stream(
            arrival=workload.arrival_s,
            model=self._model,
            due=workload.deadline_s,
            expiry=np.full(workload.arrival_s.size, inf),
            rank=-workload.priority,
            size=workload.size_bytes.astype(np.float64),
            service=times[workload.model] * np.array(truth.work)[:, None],
            drift_at=drift_at,
            drift_factor=drift_factor,
        )

    def _drift(self) -> tuple[Floats, Floats]:
        """By pool when its service times change, ascending, and to how many times as long."""
        pools, drifts = self._scenario.pools, self._scenario.drift
        at_s = np.full((len(pools), len(drifts)), inf)
        factor = np.ones((len(pools), len(drifts)))
        for number, pool in enumerate(pools):
            here = [d for d in drifts if d.architecture == pool.architecture or d.pool == pool.name]
            for place, drift in enumerate(sorted(here, key=lambda drift: drift.at_s)):
                at_s[number, place], factor[number, place] = drift.at_s, drift.factor
        return at_s, factor

    def _prior(self, estimator: Estimator) -> running.Belief:
        models, pools = len(self._layout.models), len(self._layout.pools)
        prior, rows = np.full((models, pools), inf), np.zeros((models, pools, WIDTH))
        rows[:, :, WEIGHT] = PRIOR_WEIGHT
        for number, pool in enumerate(self._layout.pools):
            for name in pool.models:
                model, service = self._layout.model_number[name], estimator.service(name, pool)
                prior[model, number] = service.median_s
                rows[model, number, VARIANCE] = service.sigma * service.sigma
        return running.Belief(prior, rows, estimator.floor_s)

    def _result(self) -> Run:
        run, pools = self._run, len(self._scenario.pools)
        done = np.isfinite(run.end)
        busy_s = np.bincount(run.pool[done], weights=run.took[done], minlength=pools)
        last_s, span_s = span(self._workload, run.end)
        absent_s = [0.0] * len(self._places.slots)
        return Run(
            end_s=run.end,
            start_s=run.start,
            pool=run.pool,
            slot=run.slot,
            batch=done.astype(np.int64),
            attempts=done.astype(np.int64),
            last_s=last_s,
            energy_j=energy_j(self._scenario, self._places, busy_s.tolist(), absent_s, span_s),
        )
