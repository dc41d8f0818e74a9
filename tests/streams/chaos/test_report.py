"""What a campaign found, as a page."""

from math import inf

import msgspec

from streams.chaos.failover import Failover
from streams.chaos.repeats import Repeats
from streams.chaos.report import Report, Round, page
from streams.chaos.schema import Fault, Finding, Happened

REPORT = Report(
    seed=7, seconds=120.0, rate=100.0, requests=1000, garbled=6,
    happened=(
        Happened(
            fault=Fault(at_s=1.0, kind="kill", target="app-1", lasts_s=1.0), from_s=1.0, until_s=2.0
        ),
    ),
    rounds=(Round(name="round 1", settled_s=3.0, open=0, audited={"records": 5000}),),
    repeats=Repeats(requests=1000, repeats=(), interrupted=3),
    failover=Failover(app_restarted_s=[4.0], other_app_s=[5.5, inf], broker_s=[0.8]),
    skews={"app-2": 2.5}, cores=2, load=1.5, findings=(),
)  # fmt: skip


def test_tells_everything_that_was_asked() -> None:
    """Faults, requests, what was lost or twice, what was computed again, how long it took."""
    text = page(REPORT)
    for row in (
        "| faults | 1 | |",
        "| no-outcome | 0 | 0 |",
        "| second-outcome | 0 | 0 |",
        "| computed once too often | 0 (0.00%) | 2 % |",
        "| kill | 1 |",
        "| kill -9 of the broker, from its open port to the first outcome | 0.8 | 3 |",
        "| kill -9 of one of two apps, to a placement in every partition | 5.5, none in 60 | 8 |",
        "Clocks that were off, in seconds: app-2 +2.5",
    ):
        assert row in text
    assert REPORT.good


def test_a_finding_is_shown_and_makes_it_bad() -> None:
    """With what was found where."""
    lost = Finding(what="no-outcome", subject="r1", detail="round 1: it is lost")
    report = msgspec.structs.replace(REPORT, findings=(lost,))
    assert not report.good
    assert "- **no-outcome**: r1: round 1: it is lost" in page(report)
    assert "| no-outcome | 1 | 0 |" in page(report)
