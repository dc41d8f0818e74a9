"""The pure audit: what it finds in topics that are wrong; in right ones it finds nothing."""

import pytest

from streams.deadletters.marks import mark
from streams.ports import Record
from tests.support.histories import History, audited, straight, varied


def test_a_valid_history_is_clean() -> None:
    """Met, late, retried, expired, refused and failed requests, and a repeat: nothing is found."""
    history = History()
    varied(history)
    report = audited(history)
    assert report.findings == []
    assert report.clean
    assert report.counts["requests"] == 6
    assert report.counts["repeats"] == 1
    assert report.counts["outcomes"] == 6
    assert report.counts["computed_again"] == 1
    assert report.open == 0


DROPPED = {
    "requests": {"outcome-without-request", "decision-without-request", "result-without-request",
                 "feedback-without-request"},
    "outcomes": {"no-outcome", "dead-letter-without-outcome"},
    "results": {"winner-without-result", "answer-without-result", "no-reply"},
    "latency": {"winner-without-feedback"},
    "dlq": {"no-dead-letter"},
}  # fmt: skip
"""What may be found where one record of a topic is missing."""


def test_any_dropped_record_is_found_or_harmless() -> None:
    """Without a repeat, a decision, or word of an attempt that did not win, all is still well."""
    history = History()
    varied(history)
    harmless = []
    for record in history.log:
        topic = record.topic.rpartition(".")[2]
        report = audited(history, [each for each in history.log if each is not record])
        assert set(report.found) <= DROPPED.get(topic, set()), (topic, report.findings)
        if report.clean:
            harmless.append(topic)
    assert sorted(harmless) == ["decisions"] * 6 + ["latency"] * 2 + ["requests"]


def test_any_doubled_record_is_found_or_harmless() -> None:
    """Repeats, decisions, feedback and results may stand twice; all else may not."""
    history = History()
    varied(history)
    for record in list(history.log):
        topic = record.topic.rpartition(".")[2]
        last = max(each.offset for each in history.log if _same_place(each, record))
        double = _moved(record, last + 1)
        report = audited(history, [*history.log, double])
        reply = topic == "results" and b"failed" in dict(record.headers)["ce_type"]
        found = {"outcomes": {"second-outcome"}, "dlq": {"second-dead-letter"}}.get(topic, set())
        found = {"second-reply"} if reply else found
        refused = topic == "requests" and dict(record.headers)["ce_specversion"] != b"1.0"
        found = {"no-outcome"} if refused else found  # nothing tells that it is a repeat
        assert set(report.found) == found, (topic, report.findings)


def _same_place(one: Record, other: Record) -> bool:
    return (one.topic, one.partition) == (other.topic, other.partition)


def _moved(record: Record, offset: int) -> Record:
    return Record(
        topic=record.topic, partition=record.partition, offset=offset, append_s=record.append_s,
        key=record.key, headers=record.headers, value=record.value,
    )  # fmt: skip


def test_an_outcome_names_the_first_answer() -> None:
    """Two attempts answer, the outcome names the second: the first should have won."""
    history = History()
    asked = history.ask()
    history.place(asked)
    history.place(asked)
    history.answer(asked, 1)
    _, second = history.answer(asked, 2)
    history.conclude(asked, second)
    report = audited(history)
    assert set(report.found) == {"wrong-winner"}
    assert "answered later than attempt 1" in report.findings[0].found


def test_an_outcome_names_an_attempt_that_has_a_result() -> None:
    """The named position holds the result of another attempt."""
    history = History()
    asked = history.ask()
    history.place(asked)
    history.place(asked)
    _, told = history.answer(asked, 2)
    history.conclude(asked, told, attempt=1)
    report = audited(history)
    assert set(report.found) == {"winner-without-feedback", "winner-without-result"}


def test_met_and_late_are_held_to_the_append_times() -> None:
    """An outcome that says met for an answer past its deadline is found."""
    history = History()
    asked = history.ask(budget_s=0.001, life_s=60.0)
    history.place(asked)
    history.now_s += 1.0
    _, told = history.answer(asked)
    history.conclude(asked, told, kind="met")
    report = audited(history)
    assert set(report.found) == {"wrong-kind"}
    assert report.findings[0].expected == "late"


def test_a_request_whose_expiry_is_not_over_is_open() -> None:
    """It may still get its outcome, so it is no finding; once its expiry is over it is one."""
    history = History()
    asked = history.ask(life_s=5.0)
    history.place(asked, lease_s=3.0)
    append_s = asked.record.append_s
    alive = audited(history, now_s=append_s + 2.0, settle_s=1.0)
    assert (alive.clean, alive.open, alive.counts["leases_open"]) == (True, 1, 1)
    gone = audited(history, now_s=append_s + 6.5, settle_s=1.0)
    assert (gone.found, gone.open) == ({"no-outcome": 1}, 0)
    assert gone.findings[0].place.offset == asked.record.offset


def test_a_request_that_the_app_acknowledged_is_lost_at_once() -> None:
    """An acknowledgement without an outcome is a loss, however long the request might live."""
    history = History()
    asked = history.ask(life_s=500.0)
    place = (asked.record.topic, 0)
    acknowledged = {place: asked.record.offset + 1}
    report = audited(history, now_s=history.now_s, acknowledged=acknowledged)
    assert report.found == {"no-outcome": 1}
    assert "acknowledged" in report.findings[0].found


def test_a_thousand_repeats_are_one_request() -> None:
    """A producer sends the same id again and again: one outcome, the rest is counted."""
    history = History()
    asked = straight(history)
    for _ in range(999):
        history.again(asked)
    report = audited(history)
    assert report.clean
    assert (report.counts["requests"], report.counts["repeats"]) == (1, 999)


def test_the_same_id_in_two_partitions_is_two_requests() -> None:
    """Both have their outcome; the audit notes that the id was sent to two partitions."""
    history = History()
    straight(history, 0, name="twin")
    straight(history, 1, name="twin")
    report = audited(history)
    assert report.clean
    assert report.counts["requests"] == 2
    assert report.counts["in_two_partitions"] == 1
    assert report.notes[0].identity == "default/%2Ftest/twin/0/1"


def test_an_id_sent_again_after_the_horizon_is_another_request() -> None:
    """It is not recognised any more: its second outcome is right, and its lack a loss."""
    history = History()
    straight(history, name="old")
    history.now_s += history.settings.dedupe_horizon_s + 1.0
    again = history.ask(name="old")
    assert audited(history).found == {"no-outcome": 1}
    history.place(again)
    _, told = history.answer(again)
    history.conclude(again, told)
    report = audited(history)
    assert (report.found, report.counts["asked_again_later"]) == ({}, 1)


def test_an_id_sent_again_within_the_horizon_has_no_second_outcome() -> None:
    """Two positions, two outcomes, too close together."""
    history = History()
    straight(history, name="old")
    history.now_s += 1.0
    again = history.ask(name="old")
    history.place(again)
    _, told = history.answer(again)
    history.conclude(again, told)
    assert audited(history).found == {"second-outcome": 1}


def test_answers_without_a_request_are_found_wherever_they_stand() -> None:
    """A result and feedback of an identity that was never asked."""
    history = History(partitions=3)
    straight(history)
    stray = History(partitions=3)
    asked = stray.ask(2)
    result = stray.result(asked)
    told = stray.tell(asked)
    report = audited(history, [*history.log, _moved(result, 50), _moved(told, 50)])
    assert report.found == {"feedback-without-request": 1, "result-without-request": 1}


def test_a_result_that_names_no_identity_belongs_to_who_points_at_it() -> None:
    """Functions of other people may leave our extensions out; an unknown one is found."""
    history = History()
    asked = history.ask()
    history.place(asked)
    bare = _bare(history.result(asked))
    history.log[-1] = bare
    _, told = history.answer(asked, result=bare)
    history.conclude(asked, told)
    assert audited(history).clean
    stray = _named(_moved(bare, 9), b"nobody")
    assert audited(history, [*history.log, stray]).found == {"result-without-request": 1}
    known = _named(_moved(bare, 9), asked.life.envelope.request_id.encode())
    assert audited(history, [*history.log, known]).clean


def test_results_that_name_no_identity_of_one_id_in_two_partitions() -> None:
    """Each belongs to the request whose feedback points at it."""
    history = History()
    for partition in (0, 1):
        asked = history.ask(partition, name="twin")
        history.place(asked)
        bare = _bare(history.result(asked))
        history.log[-1] = bare
        _, told = history.answer(asked, result=bare)
        history.conclude(asked, told)
    assert audited(history).findings == []


def _bare(record: Record) -> Record:
    kept = tuple(h for h in record.headers if h[0] not in {"ce_identity", "ce_attempt"})
    return Record(
        topic=record.topic, partition=record.partition, offset=record.offset,
        append_s=record.append_s, key=record.key, headers=kept, value=record.value,
    )  # fmt: skip


def _named(record: Record, name: bytes) -> Record:
    others = tuple(h for h in record.headers if h[0] != "ce_correlationid")
    return Record(
        topic=record.topic, partition=record.partition, offset=record.offset,
        append_s=record.append_s, key=record.key, headers=(*others, ("ce_correlationid", name)),
        value=record.value,
    )  # fmt: skip


def test_what_was_cut_off_is_not_judged() -> None:
    """Outcomes and answers of requests before the window are no findings."""
    history = History()
    asked = straight(history)
    straight(history)
    log = [each for each in history.log if each is not asked.record]
    window = {
        "since_s": asked.record.append_s + 0.0005,
        "starts": {(asked.record.topic, 0): asked.record.offset + 1},
    }
    assert not audited(history, log).clean
    assert audited(history, log, **window).clean


def test_a_mark_on_a_dead_letter_is_no_letter() -> None:
    """What operators redrove or purged leaves a mark beside the letter."""
    history = History()
    refused = history.ask(specversion="7")
    history.give_up(refused, "rejected", "malformed")
    history.append(mark(history.topics.tenant("default", "dlq"), b"r1", 0, 0, "redriven"))
    assert audited(history).clean


def test_unreadable_records_are_found() -> None:
    """An outcome that is no JSON of ours was not written by an app."""
    history = History()
    straight(history)
    outcome = next(each for each in history.log if each.topic.endswith("outcomes"))
    broken = Record(
        topic=outcome.topic, partition=0, offset=99, append_s=0.0, key=None, headers=(),
        value=b"\xff{",
    )  # fmt: skip
    report = audited(history, [*history.log, broken])
    assert report.found == {"unreadable": 1}
    assert str(report.findings[0].place) == "synergai.default.outcomes/0/99"


@pytest.mark.parametrize("retries", [1, 2, 5])
def test_compute_that_was_repeated_is_counted(retries: int) -> None:
    """Attempts that came to an answer besides the winner; a cached answer was not computed."""
    history = History()
    asked = history.ask()
    first: Record | None = None
    for attempt in range(1, retries + 2):
        history.place(asked)
        _, told = history.answer(asked, attempt, repeated=attempt > 2)
        first = first or told
    assert first is not None
    history.conclude(asked, first)
    report = audited(history)
    assert report.clean
    assert report.counts["computed_again"] == 1
    assert report.repeated_share == 1.0
