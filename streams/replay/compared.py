"""A comparison as a person reads it. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

_NAMED: Final = 5
_SIDES: Final = (("A", "first"), ("B", "second"))


def tables(found: Mapping[str, Any]) -> Iterator[list[dict[str, object]]]:
    """All requests and models, then pools."""
    groups = {"all": found, **found["by_model"]}
    yield [
        {
            "model": name or "(none)",
            "requests": group["requests"],
            **{f"not met {s}": f"{group[side]['violation_ratio']:.2%}" for s, side in _SIDES},
            **{f"p50 {s}": _ms(group[side]["latency_s"]["p50"]) for s, side in _SIDES},
            **{f"p99 {s}": _ms(group[side]["latency_s"]["p99"]) for s, side in _SIDES},
        }
        for name, group in groups.items()
    ]
    yield [
        {
            "pool": name,
            **{f"requests {s}": group[side]["requests"] for s, side in _SIDES},
            **{f"not met {s}": f"{group[side]['violation_ratio']:.2%}" for s, side in _SIDES},
            **{f"p50 {s}": _ms(group[side]["latency_s"]["p50"]) for s, side in _SIDES},
        }
        for name, group in found["by_pool"].items()
    ]


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """How sure the difference is, and which requests changed. Latencies are milliseconds."""
    low, high = found["points_interval"]
    yield (
        f"violations B less A: {found['points']:+.2f} points, 95 % {low:+.2f} to {high:+.2f}; "
        f"McNemar p {found['mcnemar_p']:.3g}; latencies in ms"
    )
    yield _changed("met in A, not in B", found["no_longer_met"])
    yield _changed("met in B, not in A", found["now_met"])
    alone = [f"{found[f'only_{side}']} only in {s}" for s, side in _SIDES if found[f"only_{side}"]]
    if alone:
        yield f"left out: {', '.join(alone)}"


def _changed(what: str, names: Sequence[str]) -> str:
    more = ", ..." if len(names) > _NAMED else ""
    named = f": {', '.join(names[:_NAMED])}{more}" if names else ""
    return f"{what}: {len(names)} requests{named}"


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{seconds * 1e3:.1f}"
