"""Dead letters as people and programs read them."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from functions import rfc3339
from streams.deadletters.chosen import Entry
from streams.deadletters.handling import Redriven
from streams.deadletters.letter import Letter
from streams.errors import StreamsError

_OTHERWISE: Final = {
    "time": "it is now",
    "deadline": "use --deadline-in",
    "expirytime": "it is as far away as it was",
    "redrive": "it follows from the letter",
}


def short(entry: Entry, state: str) -> dict[str, object]:
    """For a terminal."""
    letter = entry.letter
    told: dict[str, object] = {
        "id": letter.request_id,
        "model": letter.model,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "when": _when(letter),
        "position": letter.position,
    }
    return told if state == "open" else told | {"state": entry.state}


def row(entry: Entry) -> dict[str, object]:
    """For programs; times are POSIX seconds on the broker's clock."""
    letter, origin = entry.letter, entry.letter.origin
    return {
        **short(entry, "all"),
        "message": letter.message,
        "at_s": letter.append_s,
        "payload_bytes": letter.size_bytes,
        "payload_kept": not letter.cut,
        "original": {
            "topic": origin.topic,
            "partition": origin.partition,
            "offset": origin.offset,
            "at_s": origin.append_s,
        },
    }


def whole(entry: Entry) -> dict[str, object]:
    """Everything but the payload."""
    return row(entry) | {"headers": [list(pair) for pair in _headers(entry.letter)]}


def lines(entry: Entry) -> list[dict[str, object]]:
    """The same for a terminal."""
    letter, origin = entry.letter, entry.letter.origin
    kept = "; too large to be kept" if letter.cut else ""
    told = {
        **short(entry, "all"),
        "message": letter.message,
        "original": f"{origin.topic}/{origin.partition}/{origin.offset}",
        "sent": rfc3339.render(origin.append_s),
        "payload": f"{letter.size_bytes} bytes{kept}",
    }
    told |= {f"header {name}": value for name, value in _headers(letter)}
    return [{"field": name, "value": value} for name, value in told.items()]


def sent(result: Redriven, *, dry_run: bool) -> dict[str, object]:
    """What became of a letter that was to be redriven."""
    letter, request = result.letter, result.request
    where, told = "", {}
    if request is not None:
        where = f"{request.topic}/{request.partition}"
        told = dict(request.headers)
    return {
        "id": letter.request_id,
        "position": letter.position,
        "to": where,
        "redrive": told.get("ce_redrive", b"").decode(),
        "deadline": told.get("ce_deadline", b"").decode(),
        "done": result.why or ("would be sent" if dry_run else "sent"),
    }


def not_open(entry: Entry) -> dict[str, object]:
    """A letter that was to be redriven and is not open any more."""
    letter = entry.letter
    nowhere = {"to": "", "redrive": "", "deadline": ""}
    named: dict[str, object] = {"id": letter.request_id, "position": letter.position}
    return named | nowhere | {"done": f"nothing: {entry.state} already"}


def purged(entry: Entry, before: Mapping[int, int]) -> dict[str, object]:
    """What became of a letter that was purged."""
    letter = entry.letter
    deleted = letter.offset < before.get(letter.partition, 0)
    done = "deleted" if deleted else "hidden; its bytes stay behind a letter that is kept"
    return {"id": letter.request_id, "position": letter.position, "done": done}


def changes(given: Iterable[str]) -> dict[str, str]:
    """Attributes to replace, from ``NAME=VALUE``.

    Raises:
        StreamsError: says what was found and what is allowed.
    """
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        if name in _OTHERWISE:
            raise StreamsError(f"--set: found {name!r}: {_OTHERWISE[name]}")
        if not equals or not name.isascii() or not name.isalnum() or name != name.lower():
            allowed = "NAME=VALUE with the name of a CloudEvents attribute, e.g. subject=magika"
            raise StreamsError(f"--set: found {text!r}, allowed: {allowed}")
        found[name] = value
    return found


def write_payload(file: str, letter: Letter, value: bytes) -> None:
    """Write the original bytes to a file, or to the output.

    Raises:
        StreamsError: they were not kept, or the file cannot be written.
    """
    if letter.cut:
        size = f"{letter.size_bytes} bytes were too large to be kept"
        raise StreamsError(f"--payload: {letter.position}: its {size}")
    if file == "-":
        sys.stdout.buffer.write(value)
        sys.stdout.buffer.flush()
        return
    try:
        Path(file).write_bytes(value)
    except OSError as error:
        raise StreamsError(f"--payload {file}: cannot be written: {error.strerror}") from None


def _headers(letter: Letter) -> list[tuple[str, str]]:
    return [(name, raw.decode(errors="backslashreplace")) for name, raw in letter.headers]


def _when(letter: Letter) -> str:
    return rfc3339.render(letter.append_s)[:19] + "Z"
