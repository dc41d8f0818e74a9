"""From a computed job to the body of its response."""

from collections.abc import Mapping

import msgspec
import numpy as np

from functions.engine.job import Done
from functions.errors import AnswerError
from functions.oip.codec import encode, wanted_binary
from functions.oip.schema import InferenceResponse
from functions.ports import Array
from functions.server.asked import ANSWER, Asked


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A response; ``json_length`` None: all of it is JSON."""

    body: bytes
    json_length: int | None = None

    @property
    def media_type(self) -> str:
        """Of the body."""
        return "application/json" if self.json_length is None else "application/octet-stream"


def write(asked: Asked, done: Done, request_id: str) -> Written:
    """The response in the form that the request asked for.

    Raises:
        AnswerError: the model's answer or an output is nothing that can be written.
    """
    model = asked.loaded.model
    try:
        return _written(asked, done, request_id)
    except (TypeError, ValueError) as error:
        message = f"model {model.name}: its answer cannot be written: {error!r:.300}"
        raise AnswerError(message) from None


def _written(asked: Asked, done: Done, request_id: str) -> Written:
    tensors = _wanted(asked, done)
    model = asked.loaded.model
    response = InferenceResponse(
        model_name=model.name, model_version=model.version, id=request_id, outputs=()
    )
    request = asked.request
    binary = wanted_binary(request, frozenset(tensors)) if request else frozenset[str]()
    body, json_length = encode(response, tensors, binary)
    return Written(body=body, json_length=json_length)


def _wanted(asked: Asked, done: Done) -> Mapping[str, Array]:
    if done.tensors is None:
        text = np.empty(1, dtype=object)
        text[0] = msgspec.json.encode(done.answer)
        return {ANSWER: text}
    outputs = asked.request.outputs if asked.request else ()
    return {o.name: done.tensors[o.name] for o in outputs} if outputs else done.tensors
