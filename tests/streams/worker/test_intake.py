"""What was delivered and is not acknowledged yet."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from streams.ports import Record
from streams.worker.intake import Delivered, Intake

STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "acknowledge"]), st.integers(min_value=0, max_value=30)),
    max_size=80,
)


def delivered(
    acked: list[int], offset: int, partition: int = 0, topic: str = "t", value: bytes = b""
) -> Delivered:
    """A record whose acknowledgement is noted."""
    record = Record(
        topic=topic, partition=partition, offset=offset, append_s=0.0, key=None, headers=(),
        value=value,
    )  # fmt: skip
    return Delivered("default", record, partial(acked.append, offset))


@given(STEPS)
def test_acknowledges_in_order_what_was_taken(steps: list[tuple[str, int]]) -> None:
    """In any order of taking and acknowledging, an offset's turn comes after all before it."""
    intake = Intake()
    held: set[int] = set()
    for what, offset in steps:
        acked: list[int] = []
        if what == "take":
            intake.take(delivered([], offset))
            held.add(offset)
        else:
            intake_of(intake, acked)
            count = intake.acknowledge("t", 0, offset)
            assert acked == sorted(found for found in held if found <= offset)
            assert count == len(acked)
            held -= set(acked)
        assert len(intake) == len(held)
        assert [each.record.offset for each in intake.again(0)] == sorted(held)


def intake_of(intake: Intake, acked: list[int]) -> None:
    """Have everything that is held note its acknowledgement in ``acked``."""
    for each in list(intake.again(0)):
        intake.take(delivered(acked, each.record.offset))


def test_a_redelivered_record_replaces_the_former() -> None:
    """After a rebalance the former's acknowledgement would mean nothing."""
    first: list[int] = []
    second: list[int] = []
    intake = Intake()
    intake.take(delivered(first, 3))
    intake.take(delivered(second, 3))
    assert intake.acknowledge("t", 0, 3) == 1
    assert (first, second) == ([], [3])


def test_places_are_apart() -> None:
    """Topics and partitions are acknowledged and forgotten each for itself."""
    acked: list[int] = []
    intake = Intake()
    for topic, partition in (("t", 0), ("t", 1), ("u", 1)):
        intake.take(delivered(acked, 5, partition, topic))
    assert intake.acknowledge("t", 0, 9) == 1
    intake.forget(1)
    assert (len(intake), acked) == (0, [5])
    assert intake.acknowledge("t", 1, 9) == 0


def test_what_is_let_go_keeps_no_bytes_and_its_turn() -> None:
    """It is told no more, costs little, and is acknowledged right after what was before it."""
    acked: list[int] = []
    intake = Intake()
    for offset in range(4):
        intake.take(delivered(acked, offset, value=b"x" * 100_000))
    before = intake.bytes
    for offset in (1, 2):
        intake.let_go("t", 0, offset)
    assert before - intake.bytes > 200_000
    assert [each.record.offset for each in intake.again(0)] == [0, 3]
    intake.take(delivered(acked, 1, value=b"x" * 100_000))
    assert before - intake.bytes > 200_000, "delivered again, it still keeps no bytes"
    assert intake.acknowledge("t", 0, 0) == 3
    assert acked == [0, 1, 2]
    assert intake.acknowledge("t", 0, 3) == 1
    assert (intake.bytes, intake.bytes_of["t"]) == (0, 0)


def test_what_is_forgotten_costs_nothing() -> None:
    """The bytes of a partition go with it, those of others stay."""
    intake = Intake()
    for partition in (0, 1):
        intake.take(delivered([], 5, partition, value=b"x" * 1000))
    intake.let_go("t", 0, 5)
    intake.let_go("t", 0, 99)
    intake.forget(0)
    one = intake.bytes
    assert one > 1000
    intake.forget(1)
    assert intake.bytes == 0


def test_knows_how_far_a_partition_was_read() -> None:
    """Acknowledged or not, until the partition is not ours any more."""
    intake = Intake()
    for offset in (3, 7, 5):
        intake.take(delivered([], offset))
    intake.acknowledge("t", 0, 7)
    assert (intake.read_to("t", 0), intake.read_to("t", 1)) == (8, 0)
    intake.forget(0)
    assert intake.read_to("t", 0) == 0
