"""The settings of the app and the local stack; the only module here that reads the environment."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import platformdirs

from functions.claims.places import checked
from functions.errors import PermanentError
from streams import tenants
from streams.errors import StreamsError
from streams.tenants import UNLIMITED, TenantLimits


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field ``f`` is read from ``SYNERGAI_<F>``. Times in seconds, sizes in bytes."""

    kafka_bootstrap: str = ""
    """Host and port of a cluster; empty: the embedded broker."""
    kafka_jars: Path | None = None
    """Folder of the broker's jars, for machines with no network."""
    topic_prefix: str = "synergai"
    """First part of every topic, of the consumer group and of the ledger's producers."""
    tenants: tuple[str, ...] = ("default",)
    """Comma separated; adding one is a rolling restart."""
    tenant_limits: Mapping[str, TenantLimits] = {}
    """Quotas, weight and admission by tenant: a JSON object, or the name of a file with one."""
    reply_topics: tuple[str, ...] = ()
    """Topics besides <prefix>.<tenant>.results that ``replytopic`` may name."""
    partitions: int = 4
    """Of requests, outcomes, latency and decisions; fixed for a deployment."""
    pool_partitions: int = 4
    """Of each pool's topic."""
    max_request_bytes: int = 4 * 1024 * 1024
    """The largest request with key and headers; every process of a deployment has the same."""
    claim_checks: tuple[str, ...] = ()
    """Folders, as URLs, comma separated, that a ``dataref`` may point into; empty: none."""
    policy: str = "synergai"
    """How requests are placed: a policy, or with parameters, as ``slo-mael:doomed=last``."""
    policy_parameters: Mapping[str, float | int | str | bool] = {}
    """Of the policy; a JSON object."""
    tuning_file: Path | None = None
    """Where the app keeps what its policy has tuned, read at the start; without it in memory."""
    profiles: Path | None = None
    """File or folder of profiles; without it the shipped ones."""
    grace_s: float = 60.0
    """Expiry of a request without one: deadline plus this."""
    default_budget_s: float = 5.0
    """Deadline of a request without one."""
    longest_life_s: float = 600.0
    """Expiry further away than this is cut to it. Must be less than dedupe_horizon_s."""
    dedupe_horizon_s: float = 900.0
    """How long a repeat is recognised. Must be less than retention_s."""
    retention_s: float = 86400.0
    """How long topics keep their records; capacity and demand: an hour, pools: compacted."""
    queue_limit: int = 20000
    """Waiting requests before doomed ones are rejected with reason ``overload``; where those that
    can be met are more, partitions are paused."""
    queue_bytes_limit: int = 512 * 1024 * 1024
    """The same in bytes, and what all unacknowledged records may take in the app's memory."""
    max_attempts: int = 3
    """Attempts that an instance had and that came to nothing, before a request has failed."""
    lease_margin_s: float = 1.0
    """A lease ends this long after the answer is expected at the latest."""
    silent_after_s: float = 3.5
    """An instance whose capacity events stop for so long is taken for dead."""
    session_timeout_s: float = 6.0
    """A worker not heard of for so long loses its partitions; not below the broker's minimum."""
    app_port: int = 0
    """Port of the app's /metrics and /health; 0: none."""
    app_host: str = "127.0.0.1"
    """Where that port listens; 0.0.0.0 in a cluster."""
    cache: Path = Path(platformdirs.user_cache_dir("synergai"))
    """Folder of what is fetched once: Kafka's jars, models."""
    data: Path = Path(platformdirs.user_data_dir("synergai"))
    """Folder of the local stack: the broker's data, logs."""


def weights(settings: Settings) -> dict[str, float]:
    """The weight of every tenant."""
    limits = settings.tenant_limits
    return {name: limits.get(name, UNLIMITED).weight for name in settings.tenants}


_DAY_S: Final = 86400.0
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "partitions": (1, 10_000),
    "pool_partitions": (1, 10_000),
    "max_request_bytes": (1024, 2**30),
    "grace_s": (0, _DAY_S),
    "default_budget_s": (0.001, _DAY_S),
    "queue_limit": (1, 10_000_000),
    "queue_bytes_limit": (1024 * 1024, 2**40),
    "max_attempts": (1, 100),
    "lease_margin_s": (0, 3600),
    "silent_after_s": (0.1, 3600),
    "session_timeout_s": (1, 1800),
    "app_port": (0, 65535),
}


def from_environment(
    environ: Mapping[str, str] = os.environ,
    *,
    fallback: Mapping[str, object] = {},
    **overrides: object,
) -> Settings:
    """Read ``SYNERGAI_…``; ``overrides`` that are not None win (they come from flags).

    ``fallback`` holds fields for variables that are not set; None there says nothing.

    Raises:
        StreamsError: names the variable, what was found and what is allowed.
    """
    names = {f"SYNERGAI_{field.upper()}": field for field in Settings.__struct_fields__}
    values = {field: value for field, value in fallback.items() if value is not None}
    values |= {f: _value(f, environ[name]) for name, f in names.items() if environ.get(name)}
    values |= {field: value for field, value in overrides.items() if value is not None}
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise StreamsError(f"environment SYNERGAI_…: {error}") from None
    _check(settings)
    return settings


def _value(field: str, text: str) -> object:
    if field in {"tenants", "reply_topics", "claim_checks"}:
        return [name.strip() for name in text.split(",") if name.strip()]
    if field in {"kafka_jars", "profiles", "cache", "data", "tuning_file"}:
        return Path(text)
    if field == "tenant_limits":
        return tenants.read(text)
    if field != "policy_parameters":
        return text
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError as error:
        raise StreamsError(f"environment SYNERGAI_POLICY_PARAMETERS: no JSON: {error}") from None


def _check(settings: Settings) -> None:
    try:
        checked(settings.claim_checks)
    except PermanentError as error:
        raise StreamsError(str(error)) from None
    lives = (settings.longest_life_s, settings.dedupe_horizon_s, settings.retention_s)
    if not lives[0] < lives[1] < lives[2]:
        raise StreamsError(
            "settings longest_life_s < dedupe_horizon_s < retention_s must hold, "
            f"found {lives[0]:g}, {lives[1]:g}, {lives[2]:g}"
        )
    for field, (least, most) in _RANGES.items():
        found = getattr(settings, field)
        if not least <= found <= most:
            raise StreamsError(f"{field}: found {found:g}, allowed: {least:g} to {most:g}")
    if settings.queue_bytes_limit < settings.max_request_bytes:
        allowed = f"at least max_request_bytes ({settings.max_request_bytes})"
        found_bytes = settings.queue_bytes_limit
        raise StreamsError(f"queue_bytes_limit: found {found_bytes}, allowed: {allowed}")
    if not settings.tenants:
        raise StreamsError("tenants: found none, allowed: at least one")
    tenants.check(settings.tenant_limits, settings.tenants)
