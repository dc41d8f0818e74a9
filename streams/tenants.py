"""What each tenant may ask for; a JSON object by tenant in ``SYNERGAI_TENANT_LIMITS``."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, Literal

import msgspec

from streams.errors import StreamsError

Admission = Literal["keep", "reject"]


class TenantLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one tenant in all workers together; each worker applies its share of the partitions."""

    weight: float = 1.0
    """Of its share where tenants compete: twice the weight, twice the share."""
    requests_per_s: float | None = None
    """More are rejected with reason ``quota``; None: no limit."""
    burst: int | None = None
    """So many may come at once after a calm; None: as many as in a second, at least one."""
    waiting: int | None = None
    """Requests that may wait; beyond it doomed ones of its own, then new ones are rejected."""
    waiting_bytes: int | None = None
    """The same in bytes."""
    admission: Admission = "keep"
    """``reject``: what cannot meet its deadline anywhere is rejected at once as ``unmeetable``."""

    @property
    def most_at_once(self) -> float:
        """How many requests may come at once."""
        return max(1.0, self.requests_per_s or 0.0) if self.burst is None else self.burst


UNLIMITED: Final = TenantLimits()
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "weight": (0.001, 1000),
    "requests_per_s": (0.001, 1e6),
    "burst": (1, 10_000_000),
    "waiting": (1, 10_000_000),
    "waiting_bytes": (1024, 2**40),
}


def read(text: str) -> Any:
    """The JSON object, or that of the file which is named.

    Raises:
        StreamsError: no such file, or no JSON.
    """
    place = "environment SYNERGAI_TENANT_LIMITS"
    if not text.lstrip().startswith("{"):
        place = f"{place}: file {text}"
        try:
            text = Path(text).read_text()
        except (OSError, UnicodeDecodeError) as error:
            said = error.strerror if isinstance(error, OSError) else "no text"
            allowed = "a JSON object or the name of a file with one"
            raise StreamsError(f"{place}: {said}, allowed: {allowed}") from None
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise StreamsError(f"{place}: no JSON: {error}") from None


def check(limits: Mapping[str, TenantLimits], tenants: Iterable[str]) -> None:
    """Compare with the tenants there are, and the numbers with what they may be.

    Raises:
        StreamsError: names the tenant and field, what was found and what is allowed.
    """
    known = sorted(tenants)
    for tenant, of in limits.items():
        if tenant not in known:
            allowed = ", ".join(known)
            raise StreamsError(f"tenant_limits: found tenant {tenant!r}, allowed: {allowed}")
        for field, (least, most) in _RANGES.items():
            found = getattr(of, field)
            if found is not None and not least <= found <= most:
                where = f"tenant_limits.{tenant}.{field}"
                raise StreamsError(f"{where}: found {found:g}, allowed: {least:g} to {most:g}")
