"""What a takeover keeps of what it reads."""

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

import msgspec

from streams.core.recall import Recall
from streams.identity import digest
from streams.schema import Decision, Outcome

_T = TypeVar("_T", bound=msgspec.Struct)
OPEN = 20


def outcome(name: str, *, attempt: int = 1, instance: str = "edge-1") -> Outcome:
    """A request is concluded."""
    return Outcome(
        identity=name, request_id=name, tenant="default", source="/t", model="m", kind="met",
        reason="answered", attempt=attempt, instance=instance, message="x" * 500,
    )  # fmt: skip


def decision(name: str, attempt: int = 1) -> Decision:
    """A request is placed."""
    return Decision(
        identity=name, request_id=name, tenant="default", model="m", attempt=attempt, pool="edge",
        architecture="jetson", configuration="c", candidates=(), policy="edf", profiles="v",
        reason="r" * 500, placed_s=1.0, lease_expiry_s=2.0, predicted_s=1.0, slack_s=1.0,
    )  # fmt: skip


def test_decisions_of_what_is_concluded_are_not_kept() -> None:
    """Of what is open the latest attempt counts, in whatever order they were written."""
    recall = Recall()
    recall.outcome(outcome("done"))
    for attempt in (1, 3, 2):
        recall.decision(decision("done", attempt))
        recall.decision(decision("open", attempt))
    history = recall.history(read_to=4, reported=7)
    assert {name: one.attempt for name, one in history.decisions.items()} == {"open": 3}
    assert (history.read_to, history.reported) == (4, 7)


def test_the_attempt_that_answered_is_kept() -> None:
    """None where no function did: a later answer of the same request frees a slot only once."""
    recall = Recall()
    recall.outcome(outcome("answered", attempt=2))
    recall.outcome(outcome("expired", attempt=2, instance=""))
    assert recall.history().concluded == {digest("answered"): 2, digest("expired"): 0}


def taken(identities: int, records: int) -> int:
    """Bytes at most, for so many records about so many concluded identities and a few open ones."""
    done = msgspec.json.encode(outcome("d" * 200))
    told = msgspec.json.encode(decision("d" * 200))
    tracemalloc.start()
    recall = Recall()
    _fold(done, Outcome, recall.outcome, identities, records)
    _fold(told, Decision, recall.decision, identities, records)
    for number in range(records):
        recall.decision(decision(f"open-{number % OPEN}", number))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(recall.history().concluded) == identities
    assert len(recall.history().decisions) == OPEN
    return most


def _fold(
    text: bytes, kind: type[_T], take: Callable[[_T], None], identities: int, records: int
) -> None:
    """Each record is decoded by itself, as it is when it comes from a topic."""
    for number in range(records):
        name = f"{number % identities}-".encode() + b"d" * 200
        take(msgspec.json.decode(text.replace(b"d" * 200, name, 1), type=kind))


def test_memory_is_bounded_by_identities_and_open_requests_not_by_records() -> None:
    """Ten times the records about the same requests take no more; an identity a few bytes."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:  # nobody else allocates
        few, many, wide = alone.map(taken, (1000, 1000, 5000), (2000, 20_000, 20_000))
    assert many < 1.1 * few
    assert wide - many < 4000 * 250
