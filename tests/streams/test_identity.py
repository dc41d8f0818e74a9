"""The identity of a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.identity import Identity, Position, decode, usable

IDENTITIES = st.builds(
    Identity,
    tenant=st.text(),
    source=st.text(),
    id=st.text(),
    redrive=st.integers(0, 99),
    partition=st.integers(0, 99),
)
POSITIONS = st.builds(
    Position, topic=st.text(), partition=st.integers(0, 99), offset=st.integers(0, 2**60)
)


@given(IDENTITIES | POSITIONS)
def test_decoding_gives_back_what_was_encoded(identity: Identity | Position) -> None:
    """Slashes, percent signs and any other character survive."""
    assert decode(identity.encode()) == identity


@given(IDENTITIES | POSITIONS, IDENTITIES | POSITIONS)
def test_two_identities_never_share_a_text(
    one: Identity | Position, other: Identity | Position
) -> None:
    """The text alone tells requests apart."""
    assert (one.encode() == other.encode()) == (one == other)


@pytest.mark.parametrize("text", ["", "a/b", "a/b/c", "t/s/i/x/0", "a/b/c/d/e/f"])
def test_text_that_is_no_identity_is_refused(text: str) -> None:
    """A ValueError, not something made up."""
    with pytest.raises(ValueError):
        decode(text)


def test_blank_and_endless_ids_are_not_usable() -> None:
    """Such requests are named by their position."""
    assert usable("a")
    assert not usable("")
    assert not usable(" \t")
    assert not usable("x" * 5000)
