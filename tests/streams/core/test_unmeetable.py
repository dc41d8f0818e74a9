"""Requests that would rather be refused at once than wait in vain."""

from typing import Any

import pytest

from streams.settings import Settings
from streams.tenants import TenantLimits
from tests.support.stream_world import World

REJECTS = Settings(
    tenants=("default", "other"), tenant_limits={"default": TenantLimits(admission="reject")}
)


def world(settings: Settings = REJECTS, **held: Any) -> World:
    """One pool; a request takes 10 ms there and 5 ms of hop."""
    found = World(settings)
    found.pool()
    found.start()
    found.hold(**held)
    return found


def ask(found: World, name: str, seconds: float, **attributes: Any) -> None:
    """A request with so much time left, in use long after."""
    now_s = found.now_s
    given = {"deadline": found.stamp(now_s + seconds), "expirytime": found.stamp(now_s + 50)}
    found.submit(name, **(given | attributes))


def refused(found: World) -> dict[str, str]:
    """Reasons by request id."""
    return {o.request_id: o.reason for o in found.outcomes if o.kind == "rejected"}


def test_what_cannot_be_met_on_arrival_is_refused_at_once() -> None:
    """With the best prediction and the budget, an answer and no dead letter."""
    found = world(slots=0)
    ask(found, "a", 0.012)
    [outcome] = found.outcomes
    assert (outcome.kind, outcome.reason) == ("rejected", "unmeetable")
    said = "predicted 0.015 s at best, on pool edge; 0.012 s are left of its budget of 0.012 s"
    assert outcome.message == said
    assert len(found.written(found.topics.tenant("default", "results"))) == 1
    assert found.written(found.topics.tenant("default", "dlq")) == []


def test_what_becomes_doomed_while_it_waits_is_refused_then() -> None:
    """As soon as its time is less than the best there is; the core asks to be woken for it."""
    found = world(slots=0)
    ask(found, "a", 1.0)
    assert refused(found) == {}
    wake_s = found.core.wake_at_s()
    assert wake_s is not None
    assert wake_s <= found.now_s + 0.985
    found.tick(0.98)
    assert refused(found) == {}
    found.tick(0.01)
    assert refused(found) == {"a": "unmeetable"}


def test_a_busy_machine_counts() -> None:
    """A slot that is taken for long cannot meet a short deadline."""
    found = world()
    ask(found, "first", 30.0)
    found.hold(running=[found.held(found.placed[0])])
    ask(found, "second", 0.018)
    assert refused(found) == {"second": "unmeetable"}


def test_other_tenants_keep_theirs() -> None:
    """Late is better than never for who does not ask for it."""
    found = world(slots=0)
    ask(found, "a", 0.001, tenant="other")
    assert refused(found) == {}


@pytest.mark.parametrize(
    ("tenant", "admission", "expected"),
    [("other", "reject", {"a": "unmeetable"}), ("default", "keep", {})],
)
def test_a_request_says_otherwise(tenant: str, admission: str, expected: dict[str, str]) -> None:
    """Its own word counts before its tenant's."""
    found = world(slots=0)
    ask(found, "a", 0.001, tenant=tenant, admission=admission)
    assert refused(found) == expected


def test_another_word_is_malformed() -> None:
    """The message tells what is allowed."""
    found = world()
    ask(found, "a", 1.0, admission="maybe")
    assert found.outcomes[0].message == "ce_admission: found 'maybe', allowed: keep, reject"


def test_an_attempt_that_failed_too_late_is_not_tried_again() -> None:
    """What is left of its time is looked at before each attempt."""
    found = world()
    ask(found, "a", 0.5)
    found.now_s += 0.495
    found.report(found.placed[0], verdict="failed", permanent=False)
    assert refused(found) == {"a": "unmeetable"}


def test_a_pool_that_was_not_heard_of_yet_counts_as_free() -> None:
    """Just after the start nothing is refused that an instance could meet."""
    found = World(REJECTS)
    found.pool()
    found.start()
    ask(found, "a", 0.02)
    assert refused(found) == {}
    found.hold()
    assert len(found.placed) == 1


def test_a_pool_at_zero_counts_with_its_start() -> None:
    """It cannot meet what is shorter than its cold start."""
    found = World(REJECTS)
    found.pool(cold_start_s=2.0, wakeable=1)
    found.start()
    ask(found, "first", 1.0, expirytime=found.stamp(found.now_s + 2.0))
    assert refused(found) == {}
    found.tick(REJECTS.silent_after_s)
    ask(found, "long", 3.0)
    ask(found, "short", 1.0)
    assert refused(found) == {"short": "unmeetable"}
