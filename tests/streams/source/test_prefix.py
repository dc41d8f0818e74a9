"""What may be committed while events finish in any order."""

from hypothesis import given
from hypothesis import strategies as st

from streams.source.prefix import Prefix


def test_gap_holds_back() -> None:
    """An unfinished event holds back everything behind it."""
    prefix = Prefix()
    for offset in (5, 6, 9):
        prefix.opened(offset)
    prefix.finished(6)
    prefix.finished(9)
    assert prefix.advanced() is None
    prefix.finished(5)
    assert prefix.advanced() == 10


def test_said_once() -> None:
    """A position is handed out once."""
    prefix = Prefix()
    prefix.opened(1)
    prefix.finished(1)
    assert [prefix.advanced(), prefix.advanced()] == [2, None]


def test_unknown_offset() -> None:
    """Offsets that are not open change nothing."""
    prefix = Prefix()
    prefix.finished(3)
    assert prefix.advanced() is None


@given(
    offsets=st.sets(st.integers(0, 200), min_size=1).map(sorted),
    order=st.randoms(use_true_random=False),
)
def test_never_past_unfinished(offsets: list[int], order: object) -> None:
    """In any order the position never passes an unfinished event and ends behind the last."""
    prefix, left, position = Prefix(), list(offsets), 0
    for offset in offsets:
        prefix.opened(offset)
    order.shuffle(left)  # type: ignore[attr-defined]
    while left:
        prefix.finished(left.pop())
        position = prefix.advanced() or position
        assert all(offset >= position for offset in left)
    assert position == offsets[-1] + 1
