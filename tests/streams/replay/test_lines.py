"""Lines of a recording."""

from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.documents import schemas
from streams.errors import StreamsError
from streams.replay import lines
from streams.replay.schema import Base64, Entry
from tests.support.recordings import HEADER, entries, entry

VALIDATOR = jsonschema.Draft7Validator(schemas.documents()["recording-request.json"])
GOOD: dict[str, Any] = msgspec.json.decode(lines.encode(entry(1, 0.5)))


@given(entries())
def test_what_is_written_is_read(written: Entry) -> None:
    """Any key, headers and value, whatever their bytes, come back as they were."""
    text = lines.encode(written)
    assert text.count(b"\n") == 1
    assert lines.entry(text, "f") == written


@given(st.one_of(st.none(), st.binary()))
def test_bytes_are_text_where_they_can_be(given_: bytes | None) -> None:
    """A person reads UTF-8 as it is; other bytes are kept all the same."""
    held = lines.raw(given_)
    assert lines.unraw(held) == given_
    assert isinstance(held, Base64) == (given_ is not None and not _is_text(given_))


def _is_text(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"at_s": "soon"}, "f: line 7: at_s: found text, allowed: a number"),
        ({"at_s": -1}, "f: line 7: at_s: found -1.0, allowed: at least 0"),
        ({"at_s": 0.2}, None),
        ({"size": 4}, "f: line 7: size: found 4, allowed: 5, the bytes of value"),
        ({"size": -4}, "f: line 7: size: found -4, allowed: at least 0"),
        ({"offset": None}, "f: line 7: offset: found nothing, allowed: a whole number"),
        ({"tenant": msgspec.UNSET}, "f: line 7: found no field 'tenant', which is needed"),
        ({"budget_s": -0.1}, "f: line 7: budget_s: found -0.1, allowed: at least 0"),
        ({"expiry_s": 0.01}, "f: line 7: expiry_s: found 0.01, allowed: at least budget_s"),
        ({"value": "%"}, "f: line 7: value: Invalid base64 encoded string"),
        ({"outcome": {"kind": "won"}}, "outcome.kind: found 'won', allowed: met, late, expired"),
        ({"later": "field"}, None),
    ],
)
def test_a_wrong_line_is_told(changed: dict[str, Any], said: str | None) -> None:
    """The message has line, field, found and allowed; a field of a later version is no mistake."""
    fields = {name: value for name, value in (GOOD | changed).items() if value is not msgspec.UNSET}
    text = msgspec.json.encode(fields)
    if said is None:
        assert lines.entry(text, "f: line 7").offset == 1
        return
    with pytest.raises(StreamsError) as told:
        lines.entry(text, "f: line 7")
    assert said in str(told.value)


def test_lines_are_in_order() -> None:
    """A time before that of the line above is refused: a replay would go back."""
    with pytest.raises(StreamsError, match=r"at_s: found 0.5, allowed: at least 0.6"):
        lines.entry(lines.encode(entry(1, 0.5)), "f: line 3", 0.6)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "f: line 1: no JSON"),
        (b"[]", "f: line 1: found a list, allowed: fields"),
        (b'{"format": "other"}', "f: line 1: format: found 'other', allowed: synergai-recording"),
        (lines.encode(HEADER).replace(b':1,"cr', b':9,"cr'), "version: found 9, allowed: 1 to 1"),
        (b"\xff", "f: line 1: "),
    ],
)
def test_a_first_line_that_is_none(text: bytes, said: str) -> None:
    """What is no recording, or one of a later version, is said."""
    with pytest.raises(StreamsError) as told:
        lines.header(text, "f: line 1")
    assert said in str(told.value)


@given(entries())
def test_lines_fit_the_schema(written: Entry) -> None:
    """What is published in docs/events/schemas describes every line that is written."""
    VALIDATOR.validate(msgspec.json.decode(lines.encode(written)))
