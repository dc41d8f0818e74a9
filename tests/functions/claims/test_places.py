"""Where a reference may point."""

import pytest

from functions.claims.places import ClaimError, checked, place_of
from functions.errors import PermanentError

PLACES = checked(["file:///srv/payloads", "s3://bucket/in/"])


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ("file:///srv/payloads/4711", "file:///srv/payloads/"),
        ("file:///srv/payloads/a/b.wav", "file:///srv/payloads/"),
        ("s3://bucket/in/4711", "s3://bucket/in/"),
    ],
)
def test_below_an_allowed_place(reference: str, place: str) -> None:
    """At any depth."""
    assert place_of(reference, PLACES) == place


@pytest.mark.parametrize(
    "reference",
    [
        "",
        "/srv/payloads/4711",
        "file:///srv/payloads",
        "file:///srv/payloads/",
        "file:///srv/payloads-of-others/1",
        "file:///etc/passwd",
        "file:///srv/payloads/../secret",
        "file:///srv/payloads/%2e%2e/secret",
        "file:///srv/payloads/%252e%252e/secret",
        "file:///srv/payloads/./1",
        "file:///srv/payloads//etc/passwd",
        "file:///srv/payloads/a\\..\\b",
        "file:///srv/payloads/a b",
        "file:///srv/payloads/a\n",
        "file:///srv/payloads/a%00",
        "FILE:///srv/payloads/1",
        "file://srv/payloads/1",
        "s3://bucket/in/1?versionId=2",
        "s3://bucket/other/1",
        "s3://bucket.evil/in/1",
        "zip://x::file:///srv/payloads/1",
        "file:///srv/payloads/x::s3://bucket/secret",
        "http://169.254.169.254/latest/meta-data",
        "file:///srv/payloads/" + "a" * 2048,
    ],
)
def test_anything_else_is_refused(reference: str) -> None:
    """Other places, ways out of an allowed one, and what a library might read differently."""
    with pytest.raises(ClaimError, match="ce_dataref: found"):
        place_of(reference, PLACES)


def test_without_places_nothing_is_allowed() -> None:
    """The message says which setting names them."""
    with pytest.raises(ClaimError, match=r"allowed below: none; .* SYNERGAI_CLAIM_CHECKS"):
        place_of("file:///srv/1", ())


@pytest.mark.parametrize(
    "place",
    [
        "",
        "srv/payloads",
        "/srv",
        "file:///",
        "s3://",
        "file:///srv/../etc",
        "s3://a::b",
        "file:///a b",
    ],
)
def test_places_are_folders_as_urls(place: str) -> None:
    """Anything else in the settings is a mistake that is said at the start."""
    with pytest.raises(PermanentError, match=r"claim_checks: found .*, allowed: a URL of"):
        checked([place])
