"""Runs, their files and their figures."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from streams.errors import StreamsError
from streams.replay.figures import figures
from streams.replay.run import Repeats, Row, Run, Sending, load, save
from streams.replay.schema import Ended
from streams.replay.told import as_json, headline, notes, tables
from tests.support.recordings import HEADER, entry, written

MET = Ended(kind="met", pool="gpu", latency_s=0.1)
LATE = Ended(kind="late", pool="edge", latency_s=0.3, excess_s=0.1)
RUN = Run(
    source="live",
    recording="a.jsonl",
    policy="edf",
    sending=Sending(speed=2.0, took_s=3.0, behind_p50_s=0.001, behind_p99_s=0.002, behind_max_s=1),
    notes=("emulated: gpu",),
    rows=(
        Row(name="t/0/0", at_s=0.0, model="a", ended=MET),
        Row(name="t/0/1", at_s=0.1, model="a", ended=LATE),
        Row(name="t/0/2", at_s=0.2, model="b", ended=Ended(kind="rejected")),
        Row(name="t/0/3", at_s=0.3, model="b", repeat=True),
        Row(name="t/0/4", at_s=0.4, model="b"),
    ),
)


def test_figures() -> None:
    """A violation is whatever was not met; a repeat is no request of its own."""
    found = figures(RUN)
    assert (found["requests"], found["repeats"], found["violation_ratio"]) == (4, 1, 0.75)
    assert [found[kind] for kind in ("met", "late", "rejected", "missing")] == [1, 1, 1, 1]
    assert found["latency_s"] == {"p50": 0.2, "p90": 0.28, "p99": 0.298}
    assert list(found["by_model"]) == ["a", "b"]
    assert found["by_model"]["b"]["latency_s"] == {"p50": None, "p90": None, "p99": None}
    assert {name: row["requests"] for name, row in found["by_pool"].items()} == {
        "edge": 1, "gpu": 1, "none": 2,
    }  # fmt: skip


def test_told() -> None:
    """A sentence, two tables, and how far behind its times the publisher was."""
    found = figures(RUN)
    assert headline(RUN, found) == (
        "a.jsonl: 4 requests and 1 repeats: 1 met, 1 late, 1 rejected, 1 missing; "
        "violations 75.00%; latency p50 200.0 ms, p90 280.0 ms, p99 298.0 ms"
    )
    assert [row["model"] for row in tables(found)["model"]] == ["a", "b"]
    assert list(notes(RUN)) == [
        "sent at speed 2 in 3.0 s; behind its times p50 1.0 ms, p99 2.0 ms, at most 1000.0 ms",
        "emulated: gpu",
    ]
    assert as_json(RUN)["sending"]["behind_max_s"] == 1


def test_saved_and_read(tmp_path: Path) -> None:
    """A run comes back as it was; one of a recording is made of the outcomes seen."""
    save(RUN, tmp_path / "run.json")
    assert load(tmp_path / "run.json") == RUN
    given = [entry(1, 0.0, outcome=MET), entry(2, 0.5, id="r1"), entry(3, 0.6)]
    run = load(written(tmp_path / "a.jsonl", given))
    assert [(row.name, row.repeat) for row in run.rows] == [
        ("t/0/1", False), ("t/0/2", True), ("t/0/3", False),
    ]  # fmt: skip
    assert (run.source, run.rows[0].ended, run.rows[2].ended) == ("recorded", MET, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "run.json: no JSON"),
        ("[]", "run.json: found a list, allowed: fields"),
        ('{"format": "other"}', "format: found 'other', allowed: synergai-run"),
        (msgspec.json.encode(RUN).decode().replace(":1,", ":7,", 1), "version: found 7, allowed"),
        (msgspec.json.encode(RUN).decode().replace("0.2", '"x"'), "at_s: found text, allowed: a n"),
    ],
)
def test_a_file_that_is_no_run(tmp_path: Path, text: str, said: str) -> None:
    """The message has the file, the field, what was found and what is allowed."""
    (tmp_path / "run.json").write_text(text)
    with pytest.raises(StreamsError) as told:
        load(tmp_path / "run.json")
    assert said in str(told.value)


def test_files_that_cannot_be_used(tmp_path: Path) -> None:
    """A missing file, one that cannot be written, and a recording without outcomes."""
    with pytest.raises(StreamsError, match="cannot be read"):
        load(tmp_path / "none.json")
    with pytest.raises(StreamsError, match="cannot be written"):
        save(RUN, tmp_path / "nowhere" / "run.json")
    bare = msgspec.structs.replace(HEADER, outcomes=False)
    with pytest.raises(StreamsError, match="allowed: a saved run, or one made with"):
        load(written(tmp_path / "a.jsonl", [entry(1, 0.0)], bare))


def test_repeats_are_those_of_the_app() -> None:
    """Same tenant, source, id, redrive and partition; without a usable id nothing is one."""
    repeats = Repeats()
    first = entry(1, 0.0)
    assert [repeats(first, 0), repeats(first, 0), repeats(first, 1)] == [False, True, False]
    others: list[dict[str, Any]] = [
        {"source": "/b"},
        {"id": " "},
        {"id": " "},
        {"redrive": 1},
        {"malformed": "no"},
    ]
    assert not any(repeats(msgspec.structs.replace(first, **other), 0) for other in others)
