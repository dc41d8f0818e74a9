"""The reference of the deployment file, from the structs that read it."""

import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from k8s import schema
from profiles.schema import Configuration
from streams.documents.settings import explained

_HEAD: Final = """\
# The deployment file
What the commands of `synergai k8s` read; how to use it is in
[deploy on a cluster](../howto/deploy-on-a-cluster.md). Amounts are as in Kubernetes (`500m`,
`2Gi`). Written by `make docs`.
"""
_PARTS: Final[Mapping[str, type[msgspec.Struct]]] = {
    "The whole": schema.Deployment,
    "`kafka`": schema.Kafka,
    "`kafka.sasl`": schema.Sasl,
    "`kafka.tls`": schema.Tls,
    "`images`": schema.Images,
    "`architectures.<name>`": schema.Architecture,
    "`tolerations`, a list of": schema.Toleration,
    "`scale`": schema.Scale,
    "`pools.<name>`": schema.PoolSpec,
    "`configuration`": Configuration,
    "`model_volume`": schema.ModelVolume,
    "`app`": schema.App,
    "`prewarm`": schema.Prewarm,
    "`network`": schema.Network,
}
_OF_CONFIGURATION: Final = {
    "engine": "`onnxruntime` or `litert`.",
    "precision": "As profiles name it.",
    "threads": "Of the engine; 1 to 64.",
    "batch": "Requests in one call at the most; 1 to 64.",
    "power_mode": "As profiles name it.",
}


def text() -> str:
    """The reference as Markdown."""
    return "\n".join([_HEAD, *(_table(title, struct) for title, struct in _PARTS.items())])


def _table(title: str, struct: type[msgspec.Struct]) -> str:
    said = dict(explained(inspect.getsource(struct)))
    if struct is Configuration:
        said = _OF_CONFIGURATION
    rows = [
        f"| `{field.name}` | {_default(field)} | {said[field.name]} |"
        for field in sorted(msgspec.structs.fields(struct), key=lambda each: not each.required)
    ]
    head = ["| field | default | meaning |", "|---|---|---|"]
    return "\n".join([f"## {title}", *head, *rows, ""])


def _default(field: msgspec.structs.FieldInfo) -> str:
    if field.required:
        return "needed"
    found: Any = field.default_factory() if callable(field.default_factory) else field.default
    if found in (None, "", (), {}) or isinstance(found, msgspec.Struct):
        return ""
    shown = ", ".join(found) if isinstance(found, tuple) else found
    return f"`{str(shown).lower() if isinstance(shown, bool) else shown}`"


def write(folder: Path) -> None:
    """Write the reference into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "deployment.md").write_text(text())
