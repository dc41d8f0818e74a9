"""JSON Schemas (draft 7, which AsyncAPI takes as it is) of the values and headers of our events."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from functions.oip.schema import InferenceRequest, InferenceResponse
from functions.schema import Capacity, Feedback
from scheduler.demand import Demand
from streams.documents import headers
from streams.replay import schema as recording
from streams.replay.run import Run
from streams.schema import Decision, News, Outcome, Pool

DIALECT: Final = "http://json-schema.org/draft-07/schema#"
_STRUCTS: Final[Mapping[str, type]] = {
    "request": InferenceRequest,
    "result": InferenceResponse,
    "outcome": Outcome,
    "decision": Decision,
    "feedback": Feedback,
    "capacity": Capacity,
    "pool": Pool,
    "demand": Demand,
    "news": News,
    "recording-header": recording.Header,
    "recording-request": recording.Entry,
    "run": Run,
}
_ERROR: Final[dict[str, Any]] = {
    "title": "Error",
    "description": "Why a request has no answer.",
    "type": "object",
    "properties": {
        "error": {"type": "string", "description": "A sentence for people."},
        "reason": {"type": "string", "description": "One word for programs."},
        "outcome": {"type": "string", "description": "How the request ended."},
        "model_name": {"type": "string"},
        "id": {"type": "string", "description": "The request's id."},
    },
    "required": ["error"],
}


def documents() -> dict[str, dict[str, Any]]:
    """File name to schema."""
    values = {name: _of_struct(struct) for name, struct in _STRUCTS.items()} | {"error": _ERROR}
    found = {f"{name}.json": schema for name, schema in values.items()}
    found |= {f"{name}-headers.json": schema for name, schema in headers.schemas().items()}
    return {file: {"$schema": DIALECT, **schema} for file, schema in sorted(found.items())}


def _of_struct(struct: type) -> dict[str, Any]:
    (_,), parts = msgspec.json.schema_components([struct], ref_template="#/definitions/{name}")
    rest = {name: part for name, part in parts.items() if name != struct.__name__}
    found = {**parts[struct.__name__], **({"definitions": rest} if rest else {})}
    return dict(_draft_7(found))


def _draft_7(node: Any) -> Any:
    """Tuples as draft 7 says them; msgspec speaks draft 2020-12."""
    if isinstance(node, list):
        return [_draft_7(each) for each in node]
    if not isinstance(node, dict):
        return node
    found = {name: _draft_7(each) for name, each in node.items()}
    if "prefixItems" in found:
        return found | {"items": found.pop("prefixItems"), "additionalItems": found["items"]}
    return found
