"""The story of one request of a history, as the topics would tell it."""

from typing import TypeVar

import msgspec

from functions.schema import Capacity, Feedback, Held
from streams.audit.answers import read_result
from streams.audit.schema import Place
from streams.ports import Record
from streams.requests import Reader
from streams.schema import Decision, Outcome
from streams.trace import story as told
from streams.trace.story import Story
from tests.support.histories import Asked, History

_T = TypeVar("_T", Decision, Feedback, Outcome)


def story_of(history: History, asked: Asked) -> Story:
    """What `streams.trace.finding` would find."""
    reader = Reader(history.settings, history.topics)
    story = Story(asked.identity)
    for record in history.log:
        name, seen = record.topic.rpartition(".")[2], told.Seen(record.append_s, _place(record))
        if name == "requests" and record.key == asked.record.key:
            story.asked.append(told.Asked(reader.read(asked.tenant, record)))
        elif name == "decisions" and (decision := _read(record, Decision, asked)):
            story.decisions.append((decision, seen))
        elif name == "latency" and (feedback := _read(record, Feedback, asked)):
            story.feedback.append((feedback, seen))
        elif name == "outcomes" and (outcome := _read(record, Outcome, asked)):
            story.outcomes.append((outcome, seen))
        elif name == "results" and read_result(record).identity == asked.identity:
            story.results.append(read_result(record))
    return story


def listed(identity: str, attempt: int = 1, *, running: bool = True) -> Capacity:
    """An instance that holds the attempt."""
    held = (Held(identity=identity, attempt=attempt, model="m", elapsed_s=0.0),)
    return Capacity(
        instance="edge-1", device="edge-1", pool="edge", architecture="jetson",
        configuration="onnxruntime-fp32-t1-b1", slots=1, models=("m",), state="ready", sequence=1,
        running=held if running else (), queued=() if running else held,
    )  # fmt: skip


def _place(record: Record) -> Place:
    return Place(record.topic, record.partition, record.offset)


def _read(record: Record, kind: type[_T], asked: Asked) -> _T | None:
    found = msgspec.json.decode(record.value, type=kind)
    return found if found.identity == asked.identity else None
