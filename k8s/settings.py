"""Which settings a deployment file may give, and how they become environment variables."""

import json
from collections.abc import Mapping
from typing import Any, Final

from k8s.errors import K8sError

SHARED: Final = ("claim_checks", "max_request_bytes")
"""Of the app and of every function alike."""
APP: Final = (
    "default_budget_s", "dedupe_horizon_s", "grace_s", "lease_margin_s", "longest_life_s",
    "max_attempts", "partitions", "policy", "policy_parameters", "pool_partitions",
    "queue_bytes_limit", "queue_limit", "reply_topics", "retention_s", "session_timeout_s",
    "silent_after_s", "tenant_limits",
)  # fmt: skip
FUNCTIONS: Final = (
    "answers_kept", "batch_wait_s", "claim_check_bytes", "claim_check_s", "drain_s", "mates_wait_s",
)  # fmt: skip
_ALLOWED: Final = tuple(sorted((*SHARED, *APP, *FUNCTIONS)))


def check_settings(settings: Mapping[str, Any], place: str) -> None:
    """Look at the names; what values may be is checked where they are read.

    Raises:
        K8sError: names the setting and those there are.
    """
    for name in settings:
        if name not in _ALLOWED:
            raise K8sError(f"{place}: found {name!r}, allowed: {', '.join(_ALLOWED)}")


def environment(settings: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    """Variables of the settings that are given and among ``names``."""
    return {
        f"SYNERGAI_{name.upper()}": _text(settings[name]) for name in sorted(names)
        if name in settings
    }  # fmt: skip


def _text(value: Any) -> str:
    if isinstance(value, Mapping):
        return json.dumps(value, sort_keys=True)
    return f"{value:g}" if isinstance(value, float) else str(value)
