"""Any history of requests, one record of it lost or doubled: found, or rightly called harmless."""

from collections.abc import Callable, Mapping
from typing import Final

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from functions.schema import Feedback
from streams.ports import Record
from streams.schema import Outcome
from tests.support.histories import Asked, History, audited, straight

Life = Callable[[History, int], Asked]


def again(history: History, partition: int) -> Asked:
    """Met, and sent once more."""
    asked = straight(history, partition)
    history.again(asked)
    return asked


def second_wins(history: History, partition: int) -> Asked:
    """The first attempt answers too late."""
    asked = history.ask(partition, life_s=10.0)
    history.place(asked)
    history.now_s += 1.5
    history.place(asked, pool="spare")
    _, told = history.answer(asked, 2)
    history.answer(asked, 1)
    history.conclude(asked, told)
    return asked


def expired(history: History, partition: int) -> Asked:
    """Skipped once, then not answered."""
    asked = history.ask(partition, life_s=1.0)
    history.place(asked)
    history.tell(asked, verdict="skipped", reason="lease-over")
    history.place(asked)
    history.now_s += 2.0
    history.give_up(asked, "expired", "expired")
    return asked


def failed(history: History, partition: int) -> Asked:
    """For good, in the function."""
    asked = history.ask(partition)
    history.place(asked)
    told = history.tell(asked, verdict="failed", reason="bad-input", permanent=True)
    history.conclude(asked, told)
    return asked


def refused(history: History, partition: int) -> Asked:
    """No event."""
    asked = history.ask(partition, specversion="7")
    history.give_up(asked, "rejected", "malformed")
    return asked


LIVES: Final[Mapping[str, Life]] = {
    "straight": straight,
    "again": again,
    "second wins": second_wins,
    "expired": expired,
    "failed": failed,
    "refused": refused,
}
lives = st.lists(
    st.tuples(st.sampled_from(sorted(LIVES)), st.integers(0, 1)), min_size=1, max_size=6
)


def lived(drawn: list[tuple[str, int]]) -> History:
    """One life after the other."""
    history = History()
    for name, partition in drawn:
        LIVES[name](history, partition)
    return history


def topic_of(record: Record) -> str:
    """Its last word."""
    return record.topic.rpartition(".")[2]


def is_harmless_to_lose(record: Record, log: list[Record]) -> bool:
    """Decisions may be lost by a kill, word of attempts that did not win matters to nobody."""
    topic = topic_of(record)
    outcomes = [
        msgspec.json.decode(each.value, type=Outcome)
        for each in log
        if topic_of(each) == "outcomes"
    ]
    if topic == "requests":
        return not any(
            (one.request_partition, one.request_offset) == (record.partition, record.offset)
            for one in outcomes
        )
    if topic != "latency":
        return topic == "decisions"
    told = msgspec.json.decode(record.value, type=Feedback)
    won = [(one.identity, one.attempt) for one in outcomes if one.instance]
    return (told.identity, told.attempt) not in won


def is_harmless_twice(record: Record) -> bool:
    """What is sent at least once may stand twice; what is committed once may not."""
    named = dict(record.headers)
    if topic_of(record) == "requests":
        return named["ce_specversion"] == b"1.0"  # else nothing tells that it is a repeat
    if topic_of(record) == "results":
        return b"answered" in named["ce_type"]
    return topic_of(record) in {"decisions", "latency"}


@given(lives)
def test_a_valid_history_is_clean(drawn: list[tuple[str, int]]) -> None:
    """Whatever lives it holds, in whatever partitions."""
    report = audited(lived(drawn))
    assert report.findings == []
    assert report.counts["requests"] == report.counts["outcomes"] == len(drawn)


@given(lives, st.data())
def test_one_lost_record_is_found(drawn: list[tuple[str, int]], data: st.DataObject) -> None:
    """Or nothing depends on it."""
    log = lived(drawn).log
    lost = data.draw(st.sampled_from(log), label="lost")
    report = audited(lived(drawn), [each for each in log if each is not lost])
    assert report.clean is is_harmless_to_lose(lost, log), report.findings


@given(lives, st.data())
def test_one_doubled_record_is_found(drawn: list[tuple[str, int]], data: st.DataObject) -> None:
    """Or it is one of those that may come twice."""
    log = lived(drawn).log
    one = data.draw(st.sampled_from(log), label="doubled")
    places = [(each.topic, each.partition) for each in log]
    offset = places.count((one.topic, one.partition))
    twice = Record(
        topic=one.topic, partition=one.partition, offset=offset, append_s=one.append_s,
        key=one.key, headers=one.headers, value=one.value,
    )  # fmt: skip
    report = audited(lived(drawn), [*log, twice])
    assert report.clean is is_harmless_twice(one), report.findings
