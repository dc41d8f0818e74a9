"""The book of slots."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import SchedulerError
from scheduler.slots import ASLEEP, NextSlot, SlotBook
from tests.support.decisions import pool


def test_soonest_slot_first() -> None:
    """The slot that is free first is offered first."""
    gpu = pool("gpu", "net", free=(3.0, 1.0, 2.0))
    assert SlotBook([gpu]).next_slot(gpu, 0.0) == NextSlot(1.0, "gpu#1")


def test_no_slot() -> None:
    """A pool at zero that may not be woken has no slot."""
    gpu = pool("gpu", "net", free=())
    assert SlotBook([gpu]).next_slot(gpu, 0.0) is None


def test_shared_slot() -> None:
    """A slot taken through one pool is taken for the other; the later free time counts."""
    first = pool("gpu-a", "net", free=(1.0,), slots=("board",))
    second = pool("gpu-b", "net", free=(2.0,), slots=("board",))
    book = SlotBook([first, second])
    assert book.next_slot(first, 0.0) == NextSlot(2.0, "board")
    book.take(first, "board", 5.0)
    assert book.next_slot(second, 0.0) == NextSlot(5.0, "board")


def test_waking() -> None:
    """A woken slot counts as live from then on; the others of the pool may still be woken."""
    cold = pool("gpu", "net", free=(), cold_start_s=2.0, wakeable=2)
    book = SlotBook([cold])
    assert book.next_slot(cold, 1.0) == NextSlot(3.0, ASLEEP)
    book.take(cold, ASLEEP, 3.5)
    assert book.next_slot(cold, 1.0) == NextSlot(3.0, ASLEEP)
    book.take(cold, ASLEEP, 4.0)
    assert book.next_slot(cold, 1.0) == NextSlot(3.5, "gpu~2")


def test_no_wake_credit_beside_live_slots() -> None:
    """Wake credit counts only for a pool at zero."""
    live = pool("gpu", "net", free=(9.0,), wakeable=3)
    assert SlotBook([live]).next_slot(live, 0.0) == NextSlot(9.0, "gpu#0")


def test_copy_is_apart() -> None:
    """What is taken in a copy is not taken in the book."""
    gpu = pool("gpu", "net", free=(1.0,))
    book = SlotBook([gpu])
    book.copy().take(gpu, "gpu#0", 9.0)
    assert book.next_slot(gpu, 0.0) == NextSlot(1.0, "gpu#0")


def test_slot_names_must_match() -> None:
    """As many slot names as free times are wanted, and the message names the pool."""
    with pytest.raises(SchedulerError, match="pool gpu: slots: found 1 names, allowed: one for"):
        SlotBook([pool("gpu", "net", free=(1.0, 2.0), slots=("board",))])


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=6),
    st.lists(st.floats(0.01, 50), max_size=30),
)
def test_like_a_sorted_list(free: list[float], services: list[float]) -> None:
    """Taking always the next slot behaves like a sorted list of free times."""
    gpu = pool("gpu", "net", free=tuple(free))
    book = SlotBook([gpu])
    times = sorted(free)
    for service in services:
        slot = book.next_slot(gpu, 0.0)
        assert slot is not None
        assert slot.free_s == times[0]
        book.take(gpu, slot.name, slot.free_s + service)
        times = sorted([times[0] + service, *times[1:]])
