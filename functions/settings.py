"""The settings of one function process; the only module of this room that reads the environment."""

import math
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import platformdirs

from functions.claims.places import checked
from functions.errors import PermanentError

_Count = Annotated[int, msgspec.Meta(ge=1)]


class FunctionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Each field ``f`` is read from ``SYNERGAI_<F>``. Times in seconds."""

    models: tuple[str, ...] = ()
    """Names served by this instance, comma separated."""
    model_folders: tuple[Path, ...] = ()
    """Folders of a user's own models, separated by the path separator."""
    pool: str = "local"
    """The declared pool that this instance belongs to."""
    architecture: str = "this-machine"
    """Of the pool, as profiles name it."""
    configuration: str = "onnxruntime-fp32-t1-b1"
    """Key of the pool's configuration: engine-precision-t<threads>-b<batch>."""
    instance: str = ""
    """Unique name; empty: host name and process id."""
    device: str = ""
    """Pools that share a device share its slots; empty: the host name."""
    slots: _Count = 1
    """Requests computed at a time."""
    queue_limit: _Count = 64
    """Requests that may wait; beyond it POST answers 503."""
    host: str = "127.0.0.1"
    """Where it listens; 0.0.0.0 in a container."""
    port: int = 8080
    """0: any free one; Knative's PORT counts where this is not given."""
    kafka_bootstrap: str = ""
    """Empty: no Kafka; HTTP routes work, nothing is reported."""
    topic_prefix: str = "synergai"
    """First part of every topic."""
    max_request_bytes: int = 4 * 1024 * 1024
    """The deployment's limit; results may be a little larger."""
    claim_checks: tuple[str, ...] = ()
    """Folders, as URLs, comma separated, that a ``dataref`` may point into; empty: none."""
    claim_check_bytes: _Count = 64 * 1024 * 1024
    """The largest payload that is fetched."""
    claim_check_s: float = 10.0
    """The longest that fetching one may take."""
    capacity_every_s: float = 1.0
    """The longest silence of its capacity events."""
    drain_s: float = 25.0
    """How long SIGTERM waits for what runs and queues."""
    batch_wait_s: float = 0.0
    """The longest a batch waits for company; never past a deadline."""
    mates_wait_s: float = 0.05
    """The longest that requests placed as one batch wait for each other; never past a deadline."""
    answers_kept: int = 1024
    """Recent answers kept by (identity, attempt) for repeats."""
    pace: Mapping[str, float] = {}
    """Emulation: model=factor pairs; the answer takes factor x this machine's own time."""
    cache: Path = Path(platformdirs.user_cache_dir("synergai"))
    """Folder of models that were fetched."""
    wheels: Path | None = None
    """Folder of wheels holding models, for machines with no network."""

    @property
    def emulated(self) -> bool:
        """Whether this instance stands for a machine it does not run on."""
        return bool(self.pace)


class KafkaAccess(msgspec.Struct, frozen=True, kw_only=True):
    """Each field ``f`` is read from ``SYNERGAI_<F>``, by every process that speaks to Kafka."""

    kafka_sasl_mechanism: Literal["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = ""
    """How we say who we are: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512; empty: not by SASL."""
    kafka_sasl_user: str = ""
    """With a mechanism."""
    kafka_sasl_password: str = ""
    """With a mechanism."""
    kafka_tls: bool = False
    """Whether the way to Kafka is encrypted; the broker's name must be in its certificate."""
    kafka_tls_ca: str = ""
    """File of the authority that signed it; without it those that the system trusts."""
    kafka_tls_certificate: str = ""
    """File of our own certificate, where the broker asks for one."""
    kafka_tls_key: str = ""
    """File of its key."""


def kafka_access(environ: Mapping[str, str] = os.environ) -> KafkaAccess:
    """Read who we are to Kafka.

    Raises:
        PermanentError: names the variable, what was found and what is allowed.
    """
    names = {f"SYNERGAI_{field.upper()}": field for field in KafkaAccess.__struct_fields__}
    found = {field: environ[name] for name, field in names.items() if environ.get(name)}
    mechanism = found.get("kafka_sasl_mechanism", "")
    if mechanism and not {"kafka_sasl_user", "kafka_sasl_password"} <= found.keys():
        allowed = "SYNERGAI_KAFKA_SASL_USER and SYNERGAI_KAFKA_SASL_PASSWORD with it"
        raise PermanentError(
            f"environment SYNERGAI_KAFKA_SASL_MECHANISM: found {mechanism!r} alone, "
            f"allowed: {allowed}"
        )
    try:
        return msgspec.convert(found, KafkaAccess, strict=False)
    except msgspec.ValidationError as error:
        told = str(error).replace(found.get("kafka_sasl_password") or "\0", "…")
        raise PermanentError(f"environment SYNERGAI_KAFKA_…: {told}") from None


def from_environment(environ: Mapping[str, str] = os.environ) -> FunctionSettings:
    """Read ``SYNERGAI_…``.

    Raises:
        PermanentError: names the variable, what was found and what is allowed.
    """
    names = {f"SYNERGAI_{field.upper()}": field for field in FunctionSettings.__struct_fields__}
    found = {field: environ[name] for name, field in names.items() if environ.get(name)}
    if "port" not in found and environ.get("PORT"):
        found["port"] = environ["PORT"]  # how Knative tells a container where to listen
    values = {field: _value(field, text) for field, text in found.items()}
    values["claim_checks"] = checked(values.get("claim_checks", ()))
    values.setdefault("instance", f"{socket.gethostname()}-{os.getpid()}")
    values.setdefault("device", socket.gethostname())
    try:
        return msgspec.convert(values, FunctionSettings, strict=False)
    except msgspec.ValidationError as error:
        raise PermanentError(f"environment SYNERGAI_…: {error}") from None


def _value(field: str, text: str) -> Any:
    if field in {"models", "claim_checks"}:
        return [name.strip() for name in text.split(",") if name.strip()]
    if field == "model_folders":
        return [Path(part) for part in text.split(os.pathsep) if part]
    if field in {"cache", "wheels"}:
        return Path(text)
    return _pairs(text) if field == "pace" else text


def _pairs(text: str) -> dict[str, float]:
    try:
        pairs = (part.split("=", 1) for part in text.split(",") if part)
        factors = {name.strip(): float(value) for name, value in pairs}
    except ValueError:
        factors = {"": 0.0}
    if any(not name or not 1.0 <= value < math.inf for name, value in factors.items()):
        allowed = "model=factor,… with factors of at least 1 (pacing can only slow down)"
        raise PermanentError(f"environment SYNERGAI_PACE: found {text!r}, allowed: {allowed}")
    return factors
