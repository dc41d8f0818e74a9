"""Errors as HTTP responses: ``{"error": …}`` and the status that fits."""

import math
from collections.abc import Mapping
from typing import Final

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from functions.claims.places import ClaimError
from functions.engine.job import SkippedError
from functions.errors import (
    InputError,
    MalformedEventError,
    PermanentError,
    TemporaryError,
    UnknownModelError,
)

_STATUS: Final[Mapping[type[Exception], int]] = {
    InputError: 400,
    ClaimError: 400,
    MalformedEventError: 400,
    UnknownModelError: 404,
    TemporaryError: 503,
    SkippedError: 504,
    PermanentError: 500,
}
"""In this order: the first that fits."""


def refusal(_: Request, error: Exception) -> Response:
    """The response for an error of ours."""
    status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
    headers = {}
    if isinstance(error, TemporaryError):
        headers["retry-after"] = str(max(1, math.ceil(error.after_s)))
    return _said(str(error), status, headers)


def wrong_route(_: Request, error: Exception) -> Response:
    """The response for a path or method that is none."""
    if isinstance(error, HTTPException):
        return _said(error.detail, error.status_code, dict(error.headers or {}))
    raise error


HANDLERS: Final = {
    InputError: refusal,
    MalformedEventError: refusal,
    PermanentError: refusal,
    TemporaryError: refusal,
    SkippedError: refusal,
    HTTPException: wrong_route,
}


def _said(message: str, status: int, headers: Mapping[str, str]) -> Response:
    body = msgspec.json.encode({"error": message})
    return Response(body, status, headers, media_type="application/json")
