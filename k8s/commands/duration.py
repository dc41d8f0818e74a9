"""Lengths of time as people write them."""

import re
from typing import Final

from k8s.errors import K8sError

_FORM: Final = re.compile(r"(\d+(?:\.\d+)?)(s|m|h|)")
_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


def seconds(text: str, place: str) -> float:
    """``90``, ``90s``, ``5m`` or ``1h`` in seconds.

    Raises:
        K8sError: names the place, what was found and what is allowed.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        raise K8sError(f"{place}: found {text!r}, allowed: a time such as 90s, 5m or 1h")
    return float(found[1]) * _UNITS[found[2]]
