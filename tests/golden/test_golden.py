"""Old events stay readable, and no format changes unnoticed."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.ports import Record
from tests.golden import kept, written
from tests.golden.understood import meaning

EVENTS = sorted(folder.name for folder in kept.FOLDER.iterdir() if list(folder.glob("*.json")))
FILES = [file for event in EVENTS for file in kept.files(event)]
NEXT = "if that is meant, keep the new form: .venv/bin/python -m tests.golden"


def missing(told: Any, found: Any, place: str = "") -> list[str]:
    """Where ``found`` lacks what was told once; what is new may be there beside it."""
    if isinstance(told, dict) and isinstance(found, dict):
        return [
            gap
            for name, value in told.items()
            for gap in missing(value, found.get(name, "(nothing)"), f"{place}.{name}")
        ]
    if isinstance(told, list) and isinstance(found, list) and len(told) == len(found):
        pairs = enumerate(zip(told, found, strict=True))
        return [gap for i, (a, b) in pairs for gap in missing(a, b, f"{place}[{i}]")]
    return [] if told == found else [f"{place}: was {told!r}, is {found!r}"]


def understood(event: str, record: Record) -> Any:
    """Today's meaning, as JSON has it."""
    return msgspec.json.decode(msgspec.json.encode(meaning(event, record)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_old_events_are_readable(file: Path) -> None:
    """Today's readers find in every kept record what they found when it was written."""
    golden = kept.load(file)
    assert missing(golden.meaning, understood(file.parent.name, golden.record())) == []


@pytest.mark.parametrize("event", EVENTS)
def test_unknown_fields_are_ignored(event: str) -> None:
    """A header and a field that a later version adds change nothing for this one."""
    golden = kept.load(kept.files(event)[-1])
    headers = (*golden.headers, ("ce_fromlater", b"1"), ("x-later", b"\xff"))
    value = golden.value
    if value.startswith(b"{"):
        value = b'{"fromlater": 1, ' + value[1:]
    record = msgspec.structs.replace(golden, headers=headers, value=value).record()
    gaps = missing(golden.meaning, understood(event, record), event)
    kept_whole = ("dead-letter.headers", "dead-letter.size_bytes")  # of an original, whatever it is
    assert [gap for gap in gaps if not gap.startswith(kept_whole)] == []


@pytest.mark.parametrize("event", sorted(written.everything()))
def test_no_format_changes_unnoticed(event: str) -> None:
    """What is written today is the newest kept form."""
    today = written.everything()[event]
    assert not kept.is_new(event, today), f"{event} is written in another form; {NEXT}\n{today}"


def test_every_event_is_kept() -> None:
    """The kept events are those that are written, each numbered from 1 without a gap."""
    assert sorted(written.everything()) == EVENTS
    for event in EVENTS:
        numbers = [int(file.stem) for file in kept.files(event)]
        assert numbers == list(range(1, len(numbers) + 1))
