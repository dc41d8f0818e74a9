"""Partitions in one order."""

from hypothesis import given
from hypothesis import strategies as st

from streams.ports import Record
from streams.replay.merge import Merge, Place


def record(partition: int, offset: int, append_s: float, size: int = 0) -> Record:
    """One of topic t."""
    return Record(
        topic="t", partition=partition, offset=offset, append_s=append_s, key=None, headers=(),
        value=bytes(size),
    )  # fmt: skip


@given(st.lists(st.lists(st.integers(0, 50)), min_size=1, max_size=4), st.randoms())
def test_records_come_in_order_of_append(times: list[list[int]], draw: object) -> None:
    """However partitions take turns, all come, in order, those of a partition as they were."""
    streams = [
        [record(number, offset, at_s) for offset, at_s in enumerate(sorted(each))]
        for number, each in enumerate(times)
    ]
    merge = Merge(Place("t", number) for number in range(len(streams)))
    left = {number: list(each) for number, each in enumerate(streams)}
    given_: list[Record] = []
    while left:
        number = draw.choice(sorted(left))  # type: ignore[attr-defined]
        if left[number]:
            merge.add(left[number].pop(0))
        else:
            merge.close(Place("t", number))
            del left[number]
        given_ += merge.ready()
    assert len(given_) == sum(map(len, times))
    assert given_ == sorted(given_, key=lambda each: (each.append_s, each.partition, each.offset))


def test_a_partition_far_ahead_is_held_up() -> None:
    """What waits for a silent partition is bounded by count and by bytes."""
    merge = Merge([Place("t", 0), Place("t", 1), Place("t", 2)])
    for offset in range(2001):
        merge.add(record(0, offset, 0.0))
    merge.add(record(1, 0, 0.0, 17 * 1024 * 1024))
    assert list(merge.ready()) == []
    assert merge.full() == {Place("t", 0), Place("t", 1)}
