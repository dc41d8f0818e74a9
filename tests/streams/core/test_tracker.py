"""In-order acknowledgement."""

from hypothesis import given
from hypothesis import strategies as st

from streams.core.tracker import Seen, Tracker


def tracker(*offsets: int) -> Tracker:
    """A tracker that was handed these offsets."""
    made = Tracker("t", 0)
    for offset in offsets:
        assert made.begin(offset) is Seen.NEW
    return made


def test_one_that_is_held_holds_back_all_later_ones() -> None:
    """Faust would have jumped it."""
    held = tracker(31, 32, 33)
    assert not held.done(32)
    assert not held.done(33)
    assert held.acknowledged is None
    assert held.done(31)
    assert held.acknowledged == 33


def test_gaps_do_not_matter() -> None:
    """Transaction markers and compaction leave offsets that are never delivered."""
    gapped = tracker(5, 9, 100)
    gapped.done(5)
    gapped.done(9)
    assert gapped.acknowledged == 9


def test_redelivered_offsets_are_recognised() -> None:
    """A rebalance seeks back to the committed offset."""
    seen = tracker(1, 2, 3)
    seen.done(1)
    seen.done(3)
    assert [seen.begin(offset) for offset in (1, 2, 3)] == [Seen.DONE, Seen.HELD, Seen.DONE]


def test_a_seek_to_before_the_first_offset_loses_nothing() -> None:
    """Offsets that were never delivered are new, though later ones are acknowledged."""
    late = tracker(50, 51)
    late.done(50)
    assert late.begin(40) is Seen.NEW
    assert late.begin(41) is Seen.NEW
    late.done(51)
    assert late.acknowledged == 50
    late.done(40)
    late.done(41)
    assert late.acknowledged == 51


def test_what_was_never_delivered_cannot_be_done() -> None:
    """And done twice is done once."""
    one = tracker(1)
    assert not one.done(7)
    assert one.done(1)
    assert not one.done(1)
    assert len(one) == 0


@given(
    st.lists(st.integers(1, 4), min_size=1, max_size=30),
    st.lists(st.tuples(st.booleans(), st.integers(0, 200)), max_size=150),
)
def test_the_acknowledged_prefix_is_that_of_the_model(
    steps: list[int], moves: list[tuple[bool, int]]
) -> None:
    """Against the plainest model: a list of all that was delivered, a set of all that is done."""
    offsets = [sum(steps[: i + 1]) for i in range(len(steps))]
    subject, delivered, done = Tracker("t", 0), list[int](), set[int]()
    for deliver, choice in moves:
        if deliver or not delivered:
            new = offsets[: len(delivered) + 1]
            offset = new[choice % len(new)] if choice % 3 else new[-1]
            known = offset in delivered
            expected = (Seen.DONE if offset in done else Seen.HELD) if known else Seen.NEW
            if not known and offset != new[-1]:
                continue
            assert subject.begin(offset) is expected
            if not known:
                delivered.append(offset)
        else:
            offset = delivered[choice % len(delivered)]
            subject.done(offset)
            done.add(offset)
        prefix = [o for i, o in enumerate(delivered) if set(delivered[: i + 1]) <= done]
        assert subject.acknowledged == (prefix[-1] if prefix else None)
        assert len(subject) == len(set(delivered) - done)
