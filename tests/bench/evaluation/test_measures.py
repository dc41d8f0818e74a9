"""The figures that are asked for, by hand from made-up runs."""

import msgspec
import pytest

from bench.evaluation import measures
from bench.evaluation.cells import Cell
from bench.evaluation.figures import Figure, figures
from bench.evaluation.measures import Value
from bench.evaluation.outcome import Seen, seen, told
from bench.evaluation.runner import Record
from bench.evaluation.variants import ORACLE, OURS, PUBLISHED, PUBLISHED_LAST, SAVING
from tests.support.evaluated import bits, ran

CALM = Cell(mix="slow-models", load=0.5)
BUSY = Cell(mix="slow-models", load=0.9)


def judged(*records: list[Record], cells: tuple[Cell, ...] = (CALM, BUSY)) -> list[Seen]:
    """The cells as seen in these records."""
    return seen(cells, [record for part in records for record in part])


def assert_is(found: Value, value: float, cells: int, worst: str) -> None:
    """The figure, of so many cells, decided by this one."""
    assert found == (found[0], cells, worst)
    assert found[0] == pytest.approx(value)


def test_what_was_not_run_is_not_measured() -> None:
    """Of no runs no figure is made, and none counts as met."""
    found = figures([], [])
    assert {figure.value for figure in found} == {None}
    assert {figure.met for figure in found} == {None}
    assert len({figure.id for figure in found}) == len(found)


def test_only_cells_count_where_published_slo_mael_misses_2_percent() -> None:
    """A cell at 1 % is left out of the mean, however much better ours is there."""
    cells = judged(
        ran(CALM, PUBLISHED, [0.01, 0.01]),
        ran(CALM, OURS, [0.0, 0.0]),
        ran(BUSY, PUBLISHED, [0.4, 0.2]),
        ran(BUSY, OURS, [0.1, 0.05]),
    )
    assert_is(measures.against(PUBLISHED)(cells), 4.0, 1, "")


def test_ratios_are_floored() -> None:
    """None against 4 % is 8 times fewer, not infinitely many."""
    cells = judged(ran(BUSY, PUBLISHED, [0.04]), ran(BUSY, OURS, [0.0]))
    assert measures.against(PUBLISHED)(cells)[0] == pytest.approx(8.0)


def test_the_best_baseline_is_the_better_form_of_the_best() -> None:
    """Each cell has its own, chosen by the mean over seeds, never ours."""
    cells = judged(
        ran(CALM, PUBLISHED, [0.3, 0.3]),
        ran(CALM, PUBLISHED_LAST, [0.2, 0.2]),
        ran(CALM, "kairos", [0.1, 0.4]),
        ran(CALM, OURS, [0.05, 0.05]),
        ran(BUSY, PUBLISHED, [0.3, 0.3]),
        ran(BUSY, "kairos", [0.2, 0.2]),
        ran(BUSY, OURS, [0.2, 0.2]),
    )
    assert [one.best_baseline for one in cells] == [PUBLISHED_LAST, "kairos"]
    assert_is(measures.against_best(cells), 0.5, 2, "")
    value, count, name = measures.worst_against_best(cells)
    assert_is((value, count, name), 1.0, 2, BUSY.name)


def test_the_worst_cell_is_by_the_upper_end_of_its_interval() -> None:
    """A cell of seeds that disagree counts as worse than its mean says."""
    cells = judged(
        ran(CALM, "kairos", [0.1, 0.1]),
        ran(CALM, OURS, [0.05, 0.15]),
        ran(BUSY, "kairos", [0.1, 0.1]),
        ran(BUSY, OURS, [0.099, 0.099]),
    )
    value, _, name = measures.worst_against_best(cells)
    assert name == CALM.name
    assert value is not None
    assert value > 100


def test_excess_is_divided_above_a_hundredth_of_the_qos() -> None:
    """An excess of microseconds against none is no defeat."""
    cells = judged(
        ran(BUSY, PUBLISHED, [0.5], excess_s_mean=0.0),
        ran(BUSY, OURS, [0.1], excess_s_mean=0.0005),
        ran(CALM, PUBLISHED, [0.5], excess_s_mean=0.01),
        ran(CALM, OURS, [0.1], excess_s_mean=0.04),
    )
    assert measures.excess(cells)[0] == pytest.approx(2.0)
    assert_is(measures.worst_excess(cells), 4.0, 2, CALM.name)


def test_the_worst_model_is_compared_with_that_of_the_best_baseline() -> None:
    """In percentage points; not with whoever has the best worst model."""
    cells = judged(
        ran(BUSY, "kairos", [0.1], worst_model={"model": "a", "violation_ratio": 0.30}),
        ran(BUSY, "edf", [0.2], worst_model={"model": "a", "violation_ratio": 0.20}),
        ran(BUSY, OURS, [0.05], worst_model={"model": "b", "violation_ratio": 0.35}),
    )
    assert measures.worst_model(cells)[0] == pytest.approx(5.0)


def test_waiting_beside_an_idle_instance_counts_below_load_1_only() -> None:
    """The worst run decides."""
    full = Cell(mix="slow-models", load=1.1)
    cells = judged(
        ran(BUSY, OURS, [0.1], stranded=2) + ran(full, OURS, [0.1], stranded=9),
        cells=(BUSY, full),
    )
    assert measures.waiting(cells) == (2, 1, BUSY.name)


def test_hop_cells_count_with_a_hop_only() -> None:
    """The cell without a network is there to be looked at."""
    none = Cell(mix="slow-models", load=0.9, group="hop")
    far = Cell(mix="slow-models", load=0.9, group="hop", hop_s=0.005)
    cells = judged(
        ran(none, "edf", [0.1]) + ran(none, OURS, [0.4]),
        ran(far, "edf", [0.2]) + ran(far, OURS, [0.1]),
        cells=(none, far),
    )
    assert_is(measures.hops(cells), 0.5, 1, "")
    assert_is(measures.worst_hop(cells), 0.5, 1, far.name)


def test_roles_are_compared_within_a_cell() -> None:
    """With error over without, in the requests that count; other policies do not matter."""
    right = Cell(mix="slow-models", load=0.7, group="profile-error", role="exact")
    wrong = Cell(mix="slow-models", load=0.7, group="profile-error", role="wrong")
    cells = judged(
        ran(right, OURS, [0.1, 0.2], violation_ratio_settled=0.1),
        ran(wrong, OURS, [0.9, 0.9], violation_ratio_settled=0.11),
        ran(wrong, PUBLISHED, [0.9, 0.9]),
        cells=(right, wrong),
    )
    compute = measures.between_roles("profile-error", "wrong", "exact", "violation_ratio_settled")
    assert_is(compute(cells), 1.1, 1, "")
    assert compute(cells[:1]) == (None, 0, "")


def test_after_a_drift_both_count_the_requests_of_our_window() -> None:
    """Requests 2 to 5 of ours: two late against one; what is before and after does not count."""
    cell = Cell(mix="slow-models", load=0.7, group="drift", drifts=True)
    ours = bits([True, True, True, True, False, False, True, True])
    theirs = bits([False, False, True, False, False, False, False, False])
    cells = judged(
        ran(cell, OURS, [0.5], late=ours, after_drift=[2, 6]),
        ran(cell, ORACLE, [0.2], late=theirs, after_drift=[0, 8]),
        cells=(cell,),
    )
    assert_is(measures.after_drift(cells), 2.0, 1, cell.name)


def test_a_drift_that_too_few_requests_met_is_not_measured() -> None:
    """Without 500 requests on the slowed architecture there is no window."""
    cell = Cell(mix="slow-models", load=0.7, group="drift", drifts=True)
    cells = judged(
        ran(cell, OURS, [0.5], late=bits([True]), after_drift=None),
        ran(cell, ORACLE, [0.5], late=bits([True]), after_drift=None),
        cells=(cell,),
    )
    assert measures.after_drift(cells) == measures.NOT_MEASURED


def test_batches_are_judged_by_goodput() -> None:
    """What is in time per second with batches, over that one by one."""
    both = Cell(mix="batches", load=2, group="batches", role="batched")
    single = msgspec.structs.replace(both, role="one-by-one")
    cells = judged(
        ran(both, OURS, [0.1], goodput_rps=30.0),
        ran(single, OURS, [0.4], goodput_rps=15.0),
        cells=(both, single),
    )
    assert measures.batching(cells)[0] == pytest.approx(2.0)


def test_one_placement_over_the_slots_is_one_too_many() -> None:
    """The worst run of several workers decides; one alone cannot err."""
    alone = Cell(mix="slow-models", load=0.5, group="workers", role="one")
    several = msgspec.structs.replace(alone, role="several", workers=4)
    cells = judged(
        ran(alone, OURS, [0.1], overplaced=0),
        [*ran(several, OURS, [0.1], overplaced=0), *ran(several, OURS, [0.1, 0.2], overplaced=1)],
        cells=(alone, several),
    )
    assert_is(measures.overplaced(cells), 1.0, 1, several.name)


@pytest.mark.parametrize(("late", "share"), [(0.101, 30.0), (0.11, 0.0)])
def test_energy_counts_only_at_the_same_violations(late: float, share: float) -> None:
    """Saving by missing deadlines is no saving."""
    cell = Cell(mix="boards-with-meters", load=0.5, group="energy")
    cells = judged(
        ran(cell, OURS, [0.1], energy_j=10.0),
        ran(cell, SAVING, [late], energy_j=7.0),
        cells=(cell,),
    )
    assert measures.energy(cells)[0] == pytest.approx(share)


def test_a_limit_is_kept_at_the_limit() -> None:
    """At least and at most both hold at the figure itself."""
    figure = Figure(id="x", what="x", limit=2.0, value=2.0)
    assert figure.met
    assert msgspec.structs.replace(figure, at_least=True).met
    assert not msgspec.structs.replace(figure, value=2.1).met
    assert not msgspec.structs.replace(figure, value=1.9, at_least=True).met


def test_a_cell_is_told_with_its_means_and_interval() -> None:
    """Means over seeds, the best baseline, and ours over it; nothing of what was not run."""
    one = judged(ran(BUSY, "edf", [0.2, 0.4]), ran(BUSY, OURS, [0.1, 0.2]))[0]
    plain = told(one)
    assert plain["policies"]["edf"]["violation_ratio"] == pytest.approx(0.3)
    assert plain["best_baseline"] == "edf"
    assert plain["ours_over_best"]["value"] == pytest.approx(0.5)
    assert plain["bracket"] is None
    assert plain["seeds"] == 2
