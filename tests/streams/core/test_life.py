"""A request's life, end to end in memory."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from functions.rfc3339 import parse, render
from functions.schema import ERROR_TYPE, Timing
from scheduler.types import Placement
from streams.core import deadletter
from streams.ports import Headers
from streams.schema import Decision, Outcome
from streams.settings import Settings
from tests.support.stream_policy import FirstIdle
from tests.support.stream_world import World


@pytest.fixture
def world() -> World:
    """One pool with one idle slot, partition 0 owned."""
    world = World()
    world.pool()
    world.hold()
    return world.start()


def test_a_request_is_placed_answered_committed_and_acknowledged(world: World) -> None:
    """The whole path: placement, feedback, outcome, acknowledgement of both records."""
    world.submit("a")
    [place] = world.placed
    assert place.placement.value == b"input"
    assert place.placement.topic == "synergai.system.arch.jetson.edge.g1"
    assert world.acked() == -1

    world.now_s += 0.02
    world.report(place)

    [outcome] = world.outcomes
    assert (outcome.kind, outcome.reason, outcome.attempt) == ("met", "answered", 1)
    assert world.acked() == 0
    assert world.acked("latency") == 0
    [record] = world.written("synergai.default.outcomes")
    assert msgspec.json.decode(record.value, type=Outcome) == outcome
    assert record.partition == 0


def test_late_binding_keeps_requests_in_the_central_queue(world: World) -> None:
    """With one slot, the second request waits for the first answer."""
    world.submit("a")
    world.submit("b")
    assert [place.decision.request_id for place in world.placed] == ["a"]
    assert world.core.waiting == 1
    world.report(world.placed[0])
    assert [place.decision.request_id for place in world.placed] == ["a", "b"]


def test_an_answer_after_the_deadline_is_late(world: World) -> None:
    """By the feedback's append time; the excess says how late."""
    world.submit("a")
    world.hold(running=[world.held(world.placed[0])])
    world.now_s += 1.5
    world.report(world.placed[0])
    [outcome] = world.outcomes
    assert (outcome.kind, outcome.reason) == ("late", "deadline-missed")
    assert outcome.excess_s == pytest.approx(0.5, abs=1e-3)
    assert outcome.budget_s == pytest.approx(1.0, abs=1e-3)


def test_the_outcome_says_where_the_time_went(world: World) -> None:
    """Pending, queue, service and hop add up to the total; predicted stands beside it."""
    world.submit("a")
    world.submit("b")
    world.now_s += 0.1
    world.report(world.placed[0])
    world.now_s += 0.05
    world.report(
        world.placed[1],
        timing=Timing(queue_s=0.01, compute_s=0.02, pace_s=0.005),
        emulated=True,
    )
    outcome = world.outcomes[1]
    spent = outcome.breakdown
    assert spent.total_s == pytest.approx(0.15, abs=1e-5)
    assert spent.pending_s == pytest.approx(0.1, abs=1e-5)
    assert (spent.queue_s, spent.service_s) == pytest.approx((0.01, 0.025))
    assert spent.hop_s == pytest.approx(0.015, abs=1e-5)
    assert outcome.predicted_s == pytest.approx(0.01, abs=1e-5)
    assert outcome.emulated
    assert (outcome.result_partition, outcome.result_offset) == (0, 7)


def test_a_decision_explains_itself_and_lies_in_the_requests_partition(world: World) -> None:
    """What was chosen and why, the policy, the profiles and the lease."""
    world.own(3)
    world.submit("a", partition=3)
    [place] = world.placed
    assert place.published.topic == "synergai.system.decisions"
    assert place.published.partition == 3
    assert place.published.key == b"a"
    assert msgspec.json.decode(place.published.value, type=Decision) == place.decision
    assert place.decision.policy == "first-idle"
    assert place.decision.candidates[0].pool == "edge"
    assert place.decision.lease_expiry_s == pytest.approx(
        world.now_s + 0.01 + world.settings.lease_margin_s
    )


def test_what_waited_for_a_worker_is_told_from_what_waited_in_it(world: World) -> None:
    """Decision and outcome say when the worker was told, and what was expected in the slot."""
    topic = world.topics.tenant("default", "requests")
    headers = (("ce_id", b"a"), ("ce_source", b"/t"), ("ce_type", b"t"), ("ce_subject", b"m"))
    record = world.append(topic, 0, (*headers, ("ce_specversion", b"1.0")), b"input")
    world.now_s += 0.4
    world.deliver(record)
    [place] = world.placed
    assert place.decision.received_s - record.append_s == pytest.approx(0.4, abs=1e-6)
    assert place.decision.candidates[0].service_s == pytest.approx(0.01)
    world.report(place)
    [outcome] = world.outcomes
    assert outcome.received_s == place.decision.received_s


def test_a_placement_carries_our_headers(world: World) -> None:
    """Everything a function needs to answer, to report and to know when to let go."""
    world.submit("a", partitionkey="k", traceparent="00-1-2-01")
    [place] = world.placed
    headers = {name: raw.decode() for name, raw in place.placement.headers}
    assert headers["ce_partitionkey"] == "k"
    assert headers["ce_traceparent"] == "00-1-2-01"
    assert headers["ce_identity"] == place.identity
    assert (headers["ce_attempt"], headers["ce_pool"]) == ("1", "edge")
    assert headers["ce_requesttopic"] == "synergai.default.requests"
    assert headers["ce_requestpartition"] == "0"
    assert headers["ce_replytopic"] == "synergai.default.results"
    assert headers["ce_tenant"] == "default"
    lease_s = parse(headers["ce_leaseexpiry"], "lease")
    assert lease_s == pytest.approx(place.decision.lease_expiry_s, abs=1e-5)
    assert parse(headers["ce_duetime"], "due") == pytest.approx(world.now_s + 1, abs=1e-5)


def test_what_is_not_answered_within_its_lease_is_placed_again(world: World) -> None:
    """Attempt 2, with a lease of its own."""
    world.submit("a")
    world.tick(0.9)
    assert len(world.placed) == 1
    world.hold()
    world.tick(0.2)
    assert [place.attempt for place in world.placed] == [1, 2]


def test_the_first_answer_wins_whatever_its_attempt(world: World) -> None:
    """The late answer of attempt 1 concludes; that of attempt 2 changes nothing."""
    world.submit("a")
    world.hold(running=[world.held(world.placed[0])])
    world.tick(1.1)
    world.hold()
    world.tick(0.3)
    first, second = world.placed
    world.hold(running=[world.held(second)])
    world.report(first)
    world.report(second)
    [outcome] = world.outcomes
    assert (outcome.attempt, outcome.attempts, outcome.repeated_compute) == (1, 2, 1)
    assert world.acked("latency") == 1


def test_an_answer_while_it_waits_for_the_next_attempt_ends_the_wait(world: World) -> None:
    """The policy is told, and nothing is placed for it any more."""
    world.submit("a")
    world.hold(running=[world.held(world.placed[0])])
    for elapsed in range(1, 6):
        world.tick(1.0)
        world.hold(running=[world.held(world.placed[0], elapsed)])
    assert world.core.waiting == 1
    world.report(world.placed[0])
    assert world.core.waiting == 0
    world.hold()
    assert len(world.placed) == 1


def test_what_a_silent_instance_listed_is_placed_again() -> None:
    """Before its lease is over."""
    world = World(Settings(lease_margin_s=30.0))
    world.pool()
    world.hold()
    world.start().submit("a")
    world.hold(running=[world.held(world.placed[0])])
    for _ in range(3):
        world.tick(1.0)
        world.hold("edge-2")
    assert len(world.placed) == 1
    world.tick(1.0)
    assert [place.attempt for place in world.placed] == [1, 2]


def test_after_the_last_attempt_it_fails_with_a_reason_and_a_dead_letter(world: World) -> None:
    """The producer gets an answer, and the bytes can be driven again."""
    world.submit("a", key=b"k", traceparent="00-1-2-01", deadline=render(world.now_s + 50))
    for _ in range(3):
        world.hold(running=[world.held(world.placed[-1])])
        world.live(2)
    [outcome] = world.outcomes
    assert (outcome.kind, outcome.reason, outcome.attempts) == ("failed", "no-answer", 3)
    assert "lease" in outcome.message
    [reply] = world.written("synergai.default.results")
    headers = {name: raw.decode() for name, raw in reply.headers}
    assert headers["ce_type"] == ERROR_TYPE
    assert headers["ce_correlationid"] == "a"
    assert headers["ce_traceparent"] == "00-1-2-01"
    assert reply.key == b"a"
    body = msgspec.json.decode(reply.value)
    assert body["reason"] == "no-answer"
    assert (body["id"], body["model_name"]) == ("a", "m")
    [letter] = world.written("synergai.default.dlq")
    assert letter.value == b"input"
    found = {name: raw.decode() for name, raw in letter.headers}
    assert found[deadletter.ORIGINAL_TOPIC] == "synergai.default.requests"
    assert (found[deadletter.ORIGINAL_PARTITION], found[deadletter.ORIGINAL_OFFSET]) == ("0", "0")
    assert found[deadletter.ORIGINAL_KEY] == "k"
    assert (found[deadletter.ATTEMPTS], found[deadletter.REASON]) == ("3", "no-answer")
    assert found["ce_id"] == "a"


def test_attempts_that_never_arrived_do_not_use_up_those_allowed(world: World) -> None:
    """While broker or source are away it is placed again, ever later; then it is answered."""
    world.submit("a", deadline=render(world.now_s + 50))
    world.live(20)
    assert world.outcomes == []
    numbers = [place.attempt for place in world.placed]
    assert numbers == list(range(1, len(numbers) + 1))
    assert 3 < len(numbers) < 10
    world.report(world.placed[-1])
    [outcome] = world.outcomes
    assert outcome.kind == "met"


def test_skipped_attempts_do_not_use_up_those_allowed(world: World) -> None:
    """A function that found the lease over computed nothing: the request is placed again."""
    world.submit("a", deadline=render(world.now_s + 50))
    for _ in range(5):
        world.report(world.placed[-1], verdict="skipped", reason="lease-over")
        world.live(4)
    assert world.outcomes == []
    world.report(world.placed[-1])
    [outcome] = world.outcomes
    assert outcome.kind == "met"


def test_attempts_that_never_arrive_end_too(world: World) -> None:
    """What kills its instance before it is listed is not tried until it expires."""
    world.submit("a", deadline=render(world.now_s + 400))
    world.live(100)
    [outcome] = world.outcomes
    assert (outcome.kind, outcome.reason) == ("failed", "no-answer")
    assert outcome.attempts < 20


def test_it_expires_with_an_answer(world: World) -> None:
    """There is no use for it after its expiry, wherever it is then."""
    world.submit("a")
    world.submit("b", expirytime=render(world.now_s + 1), deadline=render(world.now_s + 0.5))
    world.tick(1.0)
    [outcome] = [found for found in world.outcomes if found.kind == "expired"]
    assert outcome.request_id == "b"
    assert "expired" in outcome.message
    assert len(world.written("synergai.default.results")) == 1
    assert world.acked() == -1


def test_one_that_is_expired_when_it_comes_is_never_placed(world: World) -> None:
    """E.g. after an outage longer than its life."""
    record = world.append("synergai.default.requests", 0, _headers("a"), b"x")
    world.now_s += 3600
    world.hold()
    world.deliver(record)
    assert [outcome.kind for outcome in world.outcomes] == ["expired"]
    assert not world.placed
    assert world.acked() == 0


def test_a_temporary_failure_is_tried_again_after_its_delay(world: World) -> None:
    """On another attempt, which counts."""
    world.submit("a", deadline="")
    world.report(world.placed[0], verdict="failed", permanent=False, retry_after_s=2.0)
    assert world.acked("latency") == 0
    world.tick(1.9)
    world.hold()
    assert len(world.placed) == 1
    world.tick(0.2)
    assert [place.attempt for place in world.placed] == [1, 2]
    world.report(world.placed[1], verdict="failed", permanent=False, retry_after_s=0.0)
    world.tick(1.0)
    world.report(world.placed[2], verdict="failed", permanent=False, reason="full", message="so")
    [outcome] = world.outcomes
    assert (outcome.kind, outcome.reason, outcome.message) == ("failed", "full", "so")
    assert world.core.in_flight == 0


def test_temporary_failures_are_tried_again_ever_later() -> None:
    """At once after the first, then with growing pauses, as often as is allowed."""
    world = World(Settings(max_attempts=6))
    world.pool()
    world.hold()
    world.start()
    world.submit("a", deadline=render(world.now_s + 100))
    pauses = []
    for number in range(1, 6):
        world.report(world.placed[-1], verdict="failed", permanent=False, reason="busy")
        failed_s = world.now_s
        while len(world.placed) == number:
            world.hold()
            world.tick(0.1)
        pauses.append(world.now_s - failed_s)
    assert pauses == [pytest.approx(each, abs=0.11) for each in (0.0, 0.2, 0.4, 0.8, 1.6)]
    world.report(world.placed[-1], verdict="failed", permanent=False, reason="busy")
    assert [(found.kind, found.attempts) for found in world.outcomes] == [("failed", 6)]


def test_the_pause_before_a_retry_leaves_half_of_the_time(world: World) -> None:
    """A deadline that can still be met is not waited away."""
    world.submit("a", deadline=render(world.now_s + 0.1))
    world.report(world.placed[-1], verdict="failed", permanent=False)
    world.report(world.placed[-1], verdict="failed", permanent=False)
    world.tick(0.049)
    assert len(world.placed) == 2
    world.tick(0.002)
    assert len(world.placed) == 3


def test_a_temporary_failure_beyond_the_expiry_fails_at_once(world: World) -> None:
    """Nobody waits for a retry that can never come."""
    world.submit("a", expirytime=render(world.now_s + 1.5))
    world.report(world.placed[0], verdict="failed", permanent=False, retry_after_s=5.0, reason="r")
    assert [(found.kind, found.reason) for found in world.outcomes] == [("failed", "r")]


def test_a_permanent_failure_concludes(world: World) -> None:
    """With the function's own reason, an answer and a dead letter."""
    world.submit("a")
    world.report(world.placed[0], verdict="failed", reason="input", message="value: no WAV")
    [outcome] = world.outcomes
    assert (outcome.kind, outcome.reason, outcome.message) == ("failed", "input", "value: no WAV")
    assert len(world.written("synergai.default.results")) == 1
    assert len(world.written("synergai.default.dlq")) == 1


def test_a_failure_that_the_function_answered_itself_gets_no_second_answer(world: World) -> None:
    """The feedback names the answer's offset."""
    world.submit("a")
    world.report(world.placed[0], verdict="failed", result_offset=3, result_topic="r")
    assert world.written("synergai.default.results") == []
    assert len(world.written("synergai.default.dlq")) == 1


def test_a_skipped_attempt_is_placed_again(world: World) -> None:
    """A function skipped it at dequeue; only the latest attempt's word counts."""
    world.submit("a")
    world.report(world.placed[0], verdict="skipped")
    assert [place.attempt for place in world.placed] == [1, 2]
    world.report(world.placed[0], verdict="skipped")
    assert [place.attempt for place in world.placed] == [1, 2]


def test_a_placement_that_could_not_be_sent_is_placed_again_and_not_counted(world: World) -> None:
    """A broker that is away uses up no attempts."""
    world.submit("a", deadline=render(world.now_s + 100), expirytime=render(world.now_s + 200))
    for number in range(1, 8):
        world.do(world.core.unplaced(world.placed[-1].identity, number, world.now_s))
        world.hold()
        world.tick(0.3)
        assert world.placed[-1].attempt == number + 1
    assert world.outcomes == []


def test_a_repeat_in_flight_shares_the_outcome(world: World) -> None:
    """Acknowledged together, one outcome, one computation."""
    world.submit("a")
    world.submit("a")
    assert len(world.placed) == 1
    assert world.acked() == -1
    world.report(world.placed[0])
    assert len(world.outcomes) == 1
    assert world.acked() == 1


def test_a_repeat_after_the_outcome_is_acknowledged_at_once(world: World) -> None:
    """No second outcome, no second answer, until the horizon has passed."""
    world.submit("a")
    world.report(world.placed[0])
    world.submit("a")
    assert (len(world.outcomes), len(world.placed), world.acked()) == (1, 1, 1)
    world.tick(1.05 * world.settings.dedupe_horizon_s)
    assert len(world.core._book.memory) == 0
    world.hold()
    world.submit("a")
    assert len(world.placed) == 2


def test_the_same_id_of_another_source_tenant_or_partition_is_another_request(
    world: World,
) -> None:
    """CloudEvents ids are unique per source only."""
    world.own(1)
    world.hold(slots=9)
    world.submit("a")
    world.submit("a", source="/other")
    world.submit("a", tenant="other")
    world.submit("a", partition=1)
    world.submit("a", redrive="1")
    assert len({place.identity for place in world.placed}) == 5


def test_a_redelivered_request_is_recognised_by_its_offset(world: World) -> None:
    """Also one without an id, whose repeats nobody could recognise."""
    record = world.submit("")
    world.deliver(record)
    assert len(world.placed) == 1
    world.report(world.placed[0])
    world.acknowledged.clear()
    world.deliver(record)
    assert (len(world.outcomes), world.acked()) == (1, 0)


def test_acknowledgement_waits_for_the_commit(world: World) -> None:
    """And only the prefix is acknowledged."""
    world.hold(slots=3)
    world.commits = False
    for name in "abc":
        world.submit(name)
    for place in world.placed[::-1]:
        world.report(place)
    first, *later = sorted(world.uncommitted, key=lambda c: c.outcome.request_offset)
    world.uncommitted = later
    world.commit()
    assert (world.acked(), world.acked("latency")) == (-1, 1)
    world.uncommitted = [first]
    world.commit()
    assert (world.acked(), world.acked("latency")) == (2, 2)


@pytest.mark.parametrize(
    ("attributes", "value", "reason"),
    [
        ({"subject": "nope"}, b"x", "unknown-model"),
        ({"subject": ""}, b"x", "malformed"),
        ({}, b"", "malformed"),
        ({"dataref": "s3://x"}, b"", "unsupported"),
    ],
)
def test_what_cannot_be_served_is_rejected_with_an_answer_and_a_dead_letter(
    world: World, attributes: dict[str, Any], value: bytes, reason: str
) -> None:
    """Nothing is lost silently."""
    world.submit("a", value=value, key=b"k", **attributes)
    [outcome] = world.outcomes
    assert (outcome.kind, outcome.reason) == ("rejected", reason)
    [reply] = world.written("synergai.default.results")
    assert msgspec.json.decode(reply.value)["error"] == outcome.message
    assert len(world.written("synergai.default.dlq")) == 1
    assert world.acked() == 0


def test_an_unknown_model_is_told_which_there_are(world: World) -> None:
    """The message lists the models of the declared pools."""
    world.pool("big", models=("vad", "notes"))
    world.submit("a", subject="nope")
    assert "'nope', allowed: m, notes, vad" in world.outcomes[0].message


def test_an_oversized_request_is_rejected_without_its_bytes() -> None:
    """They would not fit into the dead letter either; their size is kept."""
    world = World(Settings(max_request_bytes=10)).start()
    world.submit("a", value=b"x" * 11)
    assert world.outcomes[0].reason == "oversized"
    [letter] = world.written("synergai.default.dlq")
    assert letter.value == b""
    assert (deadletter.CUT, b"11") in letter.headers


@pytest.mark.parametrize("name", ["id", "source", "subject", "traceparent"])
def test_endless_attributes_do_not_end_up_in_what_the_ledger_writes(
    world: World, name: str
) -> None:
    """A record too large for its topic would hold up its partition for ever."""
    malformed: dict[str, Any] = {name: "x" * 100_000, "priority": "high"}
    endless: dict[str, Any] = {name: "/" * 100_000}
    world.submit("a", **malformed)
    world.submit("b", **endless)
    for place in world.placed:
        world.report(place, verdict="failed", message="x" * 100_000, reason="y" * 1000)
    assert len(world.outcomes) == 2
    written = world.written("synergai.default.outcomes") + world.written("synergai.default.results")
    assert len(written) == 4
    for record in written:
        size = len(record.value) + len(record.key or b"")
        assert size + sum(len(key) + len(value) for key, value in record.headers) < 20_000


def test_models_are_not_refused_before_the_pools_were_read() -> None:
    """Right after start nothing is known; requests wait until it is."""
    world = World()
    world.own(0)
    world.submit("a")
    world.submit("b", subject="nope")
    assert world.outcomes == []
    world.pool()
    world.hold()
    assert [place.decision.request_id for place in world.placed] == ["a"]
    world.do(world.core.pools_ready(world.now_s))
    assert [(found.request_id, found.reason) for found in world.outcomes] == [
        ("b", "unknown-model")
    ]


def test_a_model_whose_pool_went_away_waits_for_another(world: World) -> None:
    """Until its expiry; pools come and go."""
    world.submit("a")
    world.submit("b")
    world.do(world.core.removed("edge", world.now_s))
    world.report(world.placed[0])
    assert len(world.placed) == 1
    world.tick(0.5)
    world.pool()
    world.hold()
    assert len(world.placed) == 2


def test_doomed_requests_are_rejected_when_the_queue_is_full() -> None:
    """Those that can still be met stay."""
    world = World(Settings(queue_limit=3))
    world.pool()
    world.start()
    for index in range(3):
        world.submit(f"doomed-{index}", deadline=render(world.now_s + 0.001))
    for index in range(2):
        world.now_s += 0.2
        world.submit(f"good-{index}")
    reasons = {found.request_id: found.reason for found in world.outcomes}
    assert reasons == {f"doomed-{index}": "overload" for index in range(3)}
    assert world.core.waiting == 2


def test_feedback_corrects_the_estimates_whoever_won(world: World) -> None:
    """Once per computation: neither skipped ones nor repeats of an answer teach anything."""
    world.submit("a")
    [place] = world.placed
    world.deliver(world.report(place))
    world.report(place, repeated=True)
    world.report(msgspec.structs.replace(place, attempt=2))
    world.submit("b")
    assert isinstance(world.policy, FirstIdle)
    assert [c.service_s for c in world.policy.completions] == [0.01, 0.01]


@pytest.mark.parametrize("value", [b"", b"\xff", b"{}", b"[1]", b"[" * 90000])
def test_feedback_that_cannot_be_read_changes_nothing(world: World, value: bytes) -> None:
    """It is acknowledged, and stops nobody."""
    world.deliver(world.append(world.topics.system("latency"), 0, (), value))
    assert world.acked("latency") == 0


def test_structured_feedback_is_read_too(world: World) -> None:
    """Binary and structured events are accepted everywhere."""
    world.submit("a")
    record = world.report(world.placed[0], verdict="skipped")
    value = msgspec.json.decode(record.value) | {"attempt": 2, "verdict": "answered"}
    event = {"specversion": "1.0", "id": "f", "source": "/f", "type": "t", "data": value}
    content = (("content-type", b"application/cloudevents+json"),)
    topic = world.topics.system("latency")
    world.deliver(world.append(topic, 0, content, msgspec.json.encode(event)))
    assert [(found.kind, found.attempt) for found in world.outcomes] == [("met", 2)]


class Misguided(FirstIdle):
    """Names a pool that does not exist, until it is put right."""

    astray = True

    def decide(self, now_s: float) -> Sequence[Placement]:
        """As the first idle slot, elsewhere."""
        placed = super().decide(now_s)
        if not self.astray:
            return placed
        return [msgspec.structs.replace(placement, pool="gone") for placement in placed]


def test_a_policy_that_names_a_pool_that_is_gone_places_nothing() -> None:
    """The request goes back to the queue: topics that are not declared get nothing."""
    policy = Misguided()
    world = World(policy=policy)
    world.pool()
    world.hold()
    world.start().submit("a")
    assert (world.placed, world.core.waiting) == ([], 1)
    policy.astray = False
    world.hold()
    assert [place.attempt for place in world.placed] == [1]


def test_the_core_says_when_it_must_be_woken(world: World) -> None:
    """For the first lease, expiry, retry or silence."""
    empty = World().start()
    assert empty.core.wake_at_s() is None
    world.submit("a")
    wake_s = world.core.wake_at_s()
    assert wake_s == pytest.approx(world.placed[0].decision.lease_expiry_s)


def test_a_draining_pool_gets_nothing_new(world: World) -> None:
    """It is declared so before it is removed."""
    world.pool(state="draining")
    world.submit("a")
    assert (world.placed, [found.reason for found in world.outcomes]) == ([], ["unknown-model"])


def _headers(name: str) -> Headers:
    given = {"specversion": "1.0", "id": name, "source": "/s", "type": "t", "subject": "m"}
    return tuple((f"ce_{key}", text.encode()) for key, text in given.items())
