"""What a container asks for and may take, as the pod it becomes."""

import re
from collections.abc import Iterator
from typing import Final

from k8s.errors import K8sError
from k8s.quantity import amount
from k8s.validate.findings import Finding
from k8s.validate.nouns import Quantity, Resources
from k8s.validate.words import is_key

_STANDARD: Final = ("cpu", "memory", "ephemeral-storage")
_MOST: Final = 2.0**63
_HUGE: Final = "hugepages-"
_ZERO: Final = re.compile(r"[+-]?0*\.?0*[A-Za-z]*")


def check(resources: Resources | None) -> Iterator[Finding]:
    """Requests are at most limits; what is counted in pieces, such as GPUs, is equal to them."""
    if resources is None:
        return
    for name in sorted({*resources.limits, *resources.requests}):
        limit, request = resources.limits.get(name), resources.requests.get(name)
        counted = "/" in name or name.startswith(_HUGE)
        if name not in _STANDARD and not (counted and is_key(name)):
            yield Finding(name, "that name", f"{', '.join(_STANDARD)}, or a device as vendor/name")
        for value in (_value(limit), _value(request)):
            if value < 0 or (counted and (value % 1 or value > _MOST)):
                allowed = "a whole number of at least 0" if counted else "at least 0"
                yield Finding(name, f"{value:g}", allowed)
        if counted and (limit is None or _value(limit) != _value(request or limit)):
            found = f"limit {limit} and request {request}"
            yield Finding(name, found, "a limit, and the same as request or nothing")
        elif None not in {limit, request} and _value(request) > _value(limit):
            yield Finding(name, f"request {request} above limit {limit}", "at most the limit")


def _value(quantity: Quantity | None) -> float:
    """As it is compared; what cannot be read is left to the type of its field."""
    text = str(quantity or 0)
    sign = -1.0 if text.startswith("-") else 1.0
    if _ZERO.fullmatch(text):
        return 0.0
    try:
        return sign * amount(text.lstrip("+-"), "")
    except K8sError:
        return 0.0
