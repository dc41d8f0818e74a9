"""From the body of a request to what is to be computed."""

from dataclasses import dataclass
from typing import Final

from functions.cloudevents import CloudEvent
from functions.engine.job import Direct, Raw
from functions.engine.loaded import LoadedModel
from functions.errors import InputError
from functions.oip.codec import Decoded, decode
from functions.oip.schema import BINARY_EXTENSION, BINARY_HEADER, InferenceRequest
from functions.runtimes.tensors import check

PAYLOAD: Final = "payload"
"""An inference request with this one BYTES input carries raw media, such as a WAV."""
ANSWER: Final = "answer"
"""The one output that raw media have: BYTES, shape [1], compact JSON."""
_JSON: Final = frozenset({"application/json", "text/json"})
_OCTETS: Final = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one request wants; ``request`` None where it was no inference request."""

    loaded: LoadedModel
    work: Raw | Direct
    request: InferenceRequest | None = None


def from_event(loaded: LoadedModel, event: CloudEvent) -> Asked:
    """Read an event's data.

    Raises:
        InputError: names the field, what was found and what is allowed.
    """
    text = event.extension(BINARY_EXTENSION)
    json_length = length(text, f"header ce-{BINARY_EXTENSION}") if text else None
    return from_body(loaded, event.data, event.datacontenttype, json_length)


def from_body(loaded: LoadedModel, body: bytes, media_type: str, json_length: int | None) -> Asked:
    """Read a body: an inference request, or raw media.

    JSON is always an inference request; octets are one if ``json_length`` or the media type's
    parameter ``inference-header-content-length`` says where its tensors begin.

    Raises:
        InputError: names the field, what was found and what is allowed.
    """
    essence, parameters = _parts(media_type)
    if json_length is None and BINARY_HEADER in parameters:
        json_length = length(parameters[BINARY_HEADER], f"content-type: {BINARY_HEADER}")
    if essence in _JSON or json_length is not None:
        return from_request(loaded, body, json_length)
    return Asked(loaded=loaded, work=_raw(loaded, body, media_type or _OCTETS))


def from_request(loaded: LoadedModel, body: bytes, json_length: int | None) -> Asked:
    """Read an inference request.

    Raises:
        InputError: names the field, what was found and what is allowed.
    """
    decoded = decode(body, json_length)
    payload = _payload(loaded, decoded)
    if payload is not None:
        work: Raw | Direct = _raw(loaded, payload, _content_type(loaded, decoded.request))
        known = {ANSWER}
    else:
        check(decoded.tensors, loaded.sessions[0].inputs)
        work = Direct(tensors=decoded.tensors)
        known = {spec.name for spec in loaded.sessions[0].outputs}
    for output in decoded.request.outputs:
        if output.name not in known:
            allowed = ", ".join(sorted(known))
            raise InputError(f"outputs: found {output.name[:80]!r}, allowed: {allowed}")
    return Asked(loaded=loaded, work=work, request=decoded.request)


def length(text: str, place: str) -> int:
    """The length of the JSON part.

    Raises:
        InputError: names ``place``.
    """
    if not (text.isascii() and text.isdigit()):
        raise InputError(f"{place}: found {text[:40]!r}, allowed: a number of bytes")
    return int(text)


def _payload(loaded: LoadedModel, decoded: Decoded) -> bytes | None:
    tensor = decoded.tensors.get(PAYLOAD)
    if tensor is None or any(spec.name == PAYLOAD for spec in loaded.sessions[0].inputs):
        return None
    if len(decoded.tensors) > 1 or tensor.dtype != object or tensor.size != 1:
        allowed = "one value of datatype BYTES and no other input"
        raise InputError(f"input {PAYLOAD}: found {decoded.request.inputs!r:.200}, {allowed}")
    return bytes(tensor.reshape(-1)[0])


def _content_type(loaded: LoadedModel, request: InferenceRequest) -> str:
    own = request.inputs[0].parameters.get("content_type")
    found = own if own is not None else request.parameters.get("content_type")
    if found is None:
        return next(iter(loaded.model.processing.media_types), _OCTETS)
    if not isinstance(found, str):
        place = f"input {PAYLOAD}: parameters.content_type"
        raise InputError(f"{place}: found {found!r:.40}, allowed: a media type")
    return found


def _raw(loaded: LoadedModel, body: bytes, media_type: str) -> Raw:
    if not loaded.model.processing.media_types:
        inputs = ", ".join(spec.name for spec in loaded.sessions[0].inputs)
        raise InputError(
            f"content-type: found {media_type[:80]!r}; model {loaded.model.name} takes only "
            f"inference requests (application/json) with inputs {inputs}"
        )
    return Raw(body=body, media_type=media_type)


def _parts(media_type: str) -> tuple[str, dict[str, str]]:
    essence, *rest = (part.strip() for part in media_type.split(";"))
    pairs = (part.partition("=") for part in rest)
    return essence.lower(), {k.strip().lower(): v.strip().strip('"') for k, _, v in pairs}
