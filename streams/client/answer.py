"""What a producer gets back: a result joined with the outcome that names it the winner."""

import msgspec

from functions.cloudevents import CloudEvent
from functions.schema import ERROR_TYPE
from streams.schema import Breakdown, Outcome, OutcomeKind


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One record of the results topic and its place there."""

    topic: str
    partition: int
    offset: int
    event: CloudEvent


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The end of one request. Times in seconds."""

    outcome: Outcome
    value: object = None
    """What a person reads: the output named ``answer`` of an Open Inference Protocol response."""
    body: bytes = b""
    """The response as it came."""
    media_type: str = ""
    error: str = ""
    """Why there is no answer; empty where there is one."""

    @property
    def request_id(self) -> str:
        """The id that the request was sent under."""
        return self.outcome.request_id

    @property
    def kind(self) -> OutcomeKind:
        """One of met, late, expired, rejected, failed."""
        return self.outcome.kind

    @property
    def met(self) -> bool:
        """Whether the answer came within the deadline."""
        return self.outcome.kind == "met"

    @property
    def pool(self) -> str:
        """Where the winning attempt ran; empty: nowhere."""
        return self.outcome.pool

    @property
    def architecture(self) -> str:
        """Of the pool."""
        return self.outcome.architecture

    @property
    def configuration(self) -> str:
        """Of the pool."""
        return self.outcome.configuration

    @property
    def breakdown(self) -> Breakdown:
        """Where the time went."""
        return self.outcome.breakdown

    @property
    def predicted_s(self) -> float | None:
        """The latency that the scheduler expected when it placed the request."""
        return self.outcome.predicted_s

    @property
    def emulated(self) -> bool:
        """Whether the architecture was emulated on another machine."""
        return self.outcome.emulated


class _Output(msgspec.Struct, frozen=True):
    name: str
    data: tuple[object, ...] = ()


class _Response(msgspec.Struct, frozen=True):
    outputs: tuple[_Output, ...] = ()
    error: str = ""


def joined(outcome: Outcome, result: Result | None) -> Answer:
    """The answer of a request whose outcome is known."""
    event = result.event if result else None
    body = event.data if event else b""
    media_type = event.datacontenttype if event else ""
    response = _response(body, media_type)
    failed = event is None or event.type == ERROR_TYPE or bool(response.error)
    why = response.error or outcome.message or outcome.reason or f"no answer: {outcome.kind}"
    return Answer(
        outcome=outcome,
        value=None if failed else _value(response),
        body=body,
        media_type=media_type,
        error=why if failed else "",
    )


def _response(body: bytes, media_type: str) -> _Response:
    if "json" not in media_type:
        return _Response()
    try:
        return msgspec.json.decode(body, type=_Response)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _Response()


def _value(response: _Response) -> object:
    found = [output.data for output in response.outputs if output.name == "answer" and output.data]
    if not found:
        return None
    value = found[0][0] if len(found[0]) == 1 else list(found[0])
    if not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
