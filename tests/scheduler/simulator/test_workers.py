"""Several workers on the same pools."""

import pytest

from scheduler.claims import Claim, Claims, Verdict
from scheduler.errors import SchedulerError
from scheduler.simulator import counter
from scheduler.simulator.engine import simulate
from scheduler.simulator.generate import generate
from scheduler.simulator.playing import play, staff
from scheduler.simulator.results import summary
from scheduler.simulator.run import Run
from scheduler.simulator.types import Generated, Outage, Pool, Scenario
from tests.support.scenarios import one, scenario

PROFILES = {
    "small": {"edge": 0.010, "gpu": 0.003},
    "large": {"edge": 0.120, "gpu": 0.020},
}
POLICY = "synergai:tune=off"


def world(
    *pools: Pool, workers: int = 4, load: float = 0.8, count: int = 400, **fields: object
) -> Scenario:
    """Four workers on an edge and a GPU, if nothing else is said."""
    requests = Generated(count=count, load=load, work_cv=0.3)
    machines = pools or (one("edge", 4), one("gpu"))
    return scenario(PROFILES, *machines, requests=requests, workers=workers, **fields)


def run(here: Scenario, policy: str = POLICY, seed: int = 0) -> Run:
    """What comes of it."""
    return play(here, generate(here, seed), policy, seed=seed)


@pytest.mark.parametrize("claim_s", [0.0, 0.001, 0.01])
@pytest.mark.parametrize("policy", [POLICY, "edf", "least-loaded", "slo-mael:doomed=last"])
def test_no_more_placements_than_slots(policy: str, claim_s: float) -> None:
    """However long a claim takes, nobody places where another has without knowing it."""
    for seed in range(2):
        here = world(claim_s=claim_s, hop_s=0.002, load=0.9)
        assert run(here, policy, seed).overplaced == 0


def test_boards_outages_and_cold_starts() -> None:
    """Slots that two pools share, that go out, or that have to be woken, are no exception."""
    pools = (
        one("edge", 4, device="board"),
        Pool(name="other", architecture="edge", instances=4, device="board"),
        one("gpu", start="cold", cold_start_s=0.5),
    )
    outage = Outage(pool="edge", from_s=1.0, to_s=1.5, instance=0)
    found = run(world(*pools, claim_s=0.002, outages=(outage,)))
    assert found.overplaced == 0
    assert (found.attempts >= 1).all()


class Credulous(Claims):
    """A log that grants everything."""

    def read(self, position: int, claim: Claim) -> Verdict:
        """Whatever it is."""
        super().read(position, claim)
        return Verdict.GRANTED


def test_without_the_rule_slots_would_be_given_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The figure is not 0 by itself."""
    monkeypatch.setattr(counter, "Claims", Credulous)
    assert run(world(claim_s=0.01, load=0.9)).overplaced > 0


def test_nothing_is_lost() -> None:
    """Every request is computed, once."""
    found = run(world(claim_s=0.003))
    assert (found.attempts == 1).all()


def test_workers_that_know_the_same_do_the_same_as_one() -> None:
    """Where a claim takes no time, four workers have hardly more violations than one."""
    late = {}
    for workers in (1, 4):
        here = world(workers=workers, load=0.9, count=1000)
        asked = generate(here, 1)
        late[workers] = summary(here, asked, run(here, seed=1))["violations"]
    assert 0 < late[4] <= 1.15 * late[1]


def test_each_worker_has_a_policy() -> None:
    """The same for several would be told everything several times."""
    here = world()
    with pytest.raises(SchedulerError, match="found 3 policies for 4 workers"):
        simulate(here, generate(here, 0), staff(here, POLICY, 0)[:3])
