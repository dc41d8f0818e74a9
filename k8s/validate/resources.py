"""What a container asks for and may take, as the pod it becomes."""

import re
from collections.abc import Iterator
from typing import Final

from k8s.errors import K8sError
from k8s.quantity import amount
from k8s.validate.findings import Finding
from k8s.validate.nouns import Quantity, Resources

_ZERO: Final = re.compile(r"[+-]?0*\.?0*[A-Za-z]*")


def check(resources: Resources | None) -> Iterator[Finding]:
    """Requests are at most limits; what is counted in pieces, such as GPUs, is equal to them."""
    if resources is None:
        return
    for name in sorted({*resources.limits, *resources.requests}):
        limit, request = resources.limits.get(name), resources.requests.get(name)
        counted = "/" in name
        if counted and (limit is None or _value(limit) != _value(request or limit)):
            found = f"limit {limit} and request {request}"
            yield Finding(name, found, "a limit, and the same as request or nothing")
        elif None not in {limit, request} and _value(request) > _value(limit):
            yield Finding(name, f"request {request} above limit {limit}", "at most the limit")


def _value(quantity: Quantity | None) -> float:
    """As it is compared; what cannot be read is left to the type of its field."""
    if quantity is None or _ZERO.fullmatch(str(quantity)):
        return 0.0
    try:
        return amount(quantity, "")
    except K8sError:
        return -1.0
