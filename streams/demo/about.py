"""What a report says of its circumstances: machine, versions, emulation."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from functions.measuring import machine
from profiles.shipped import basis
from streams.broker.options import KAFKA
from streams.demo.report import quantiles
from streams.stack.preparing import Prepared

_PACKAGES: Final = (
    "synergai", "faust-streaming", "aiokafka", "kafka-python", "numpy", "onnxruntime",
    "ai-edge-litert",
)  # fmt: skip
TRACE: Final = (
    "Azure LLM inference trace 2023, code, seconds 602 to 662 (Microsoft, CC-BY 4.0); "
    "arrival times only"
)


def versions() -> dict[str, str]:
    """Of Python, Kafka and the libraries that took part."""
    found = {"python": platform.python_version(), "kafka": KAFKA}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def circumstances(prepared: Prepared, seed: int, length_s: float) -> dict[str, Any]:
    """What was run, where, and what of it is no figure of a real machine."""
    stack, settings = prepared.stack, prepared.settings
    return {
        "trace": TRACE,
        "length_s": length_s,
        "seed": seed,
        "policy": settings.policy,
        "machine": machine(),
        "versions": versions(),
        "emulation": {
            "what": "this machine's answers, delayed by published ratios; no figures of real ones",
            "basis": basis(stack.emulated) if stack.emulated else "",
            "times_slower": {
                architecture: {model: round(factor, 3) for model, factor in factors.items()}
                for architecture, factors in prepared.pacing.items()
            },
        },
    }


def sending(late_s: Sequence[float], failed: Sequence[str], planned: int) -> Mapping[str, Any]:
    """How true the open-loop producer was to the trace, in seconds behind each due time."""
    return {
        "planned": planned,
        "sent": len(late_s) - len(failed),
        "failed": list(failed[:10]),
        "behind_s": {**quantiles(late_s), "max": round(max(late_s, default=0.0), 6)},
    }
