"""Kubernetes' words for amounts: ``500m``, ``2``, ``1.5Gi``."""

import math
import re
from typing import Final

from k8s.errors import K8sError

_FORM: Final = re.compile(
    r"(\d+(?:\.\d*)?|\.\d+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE]\d{1,2})?"
)
_FACTORS: Final = {
    "": 1.0, "n": 1e-9, "u": 1e-6, "m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15,
    "E": 1e18,
    **{f"{letter}i": 1024.0 ** (n + 1) for n, letter in enumerate("KMGTPE")},
}  # fmt: skip
_MIB: Final = 1024 * 1024


def amount(quantity: str | float, place: str) -> float:
    """Cores or bytes of a quantity, more than 0.

    Raises:
        K8sError: names the place, what was found and what is allowed.
    """
    found = _FORM.fullmatch(str(quantity))
    value = 0.0
    if found:
        unit = found[2] or ""
        factor = _FACTORS[unit] if unit in _FACTORS else 10.0 ** int(unit[1:])
        value = float(found[1]) * factor
    if not 0 < value < math.inf:
        allowed = "an amount above 0 such as 2, 500m, 512Mi or 1.5Gi"
        raise K8sError(f"{place}: found {quantity!r}, allowed: {allowed}")
    return value


def cores(value: float) -> str:
    """Whole cores as they are, others in thousandths."""
    return str(int(value)) if value == int(value) else f"{math.ceil(value * 1000)}m"


def mebibytes(value: float, step: int = 64) -> str:
    """Bytes, rounded up to ``step`` MiB."""
    return f"{math.ceil(value / (_MIB * step)) * step}Mi"
