"""The nouns of a deployment file. Each has a default that suits a first try."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

import msgspec

from profiles.schema import Configuration

Variant = Literal["cpu", "cuda", "l4t"]
"""Which function image: any CPU, NVIDIA's data-centre GPUs, NVIDIA's Jetson (Linux for Tegra)."""
TopicsBy = Literal["job", "strimzi", "none"]
"""Who creates the topics: a Job of ours, Strimzi's operator, or somebody else."""
MACHINES: Final[Mapping[str, Variant]] = {"jetson": "l4t", "gpu": "cuda"}
"""First word of an architecture's name to its variant; others are ``cpu``."""

_Count = Annotated[int, msgspec.Meta(ge=1, le=1000)]
_Quantity = str | int | float


class _Noun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all have in common."""


class Sasl(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """A Secret that is there already, and the names of its keys."""

    secret: str
    user: str = "user"
    password: str = "password"  # noqa: S105 - the name of a key, not a password
    mechanism: str = "sasl.mechanism"
    """The key that holds e.g. SCRAM-SHA-512; the event source wants it in the Secret."""


class Tls(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """A Secret that is there already, and the names of its keys; empty: not used."""

    secret: str
    ca: str = "ca.crt"
    certificate: str = ""
    key: str = ""


class Kafka(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """How the cluster is reached."""

    bootstrap: str
    """``host:port``, comma separated."""
    sasl: Sasl | None = None
    tls: Tls | None = None
    topics: TopicsBy = "job"
    strimzi_cluster: str = ""
    """Name of the Kafka resource that KafkaTopics belong to; with ``topics: strimzi``."""
    strimzi_namespace: str = ""
    """Where its operator looks for topics; empty: the deployment's namespace."""
    replication: Annotated[int, msgspec.Meta(ge=1, le=15)] | None = None
    """Copies of each partition; not given: the cluster's default."""


class Images(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Names are ``<registry>/synergai-<role>:<tag>``; those given in full win."""

    registry: str = ""
    tag: str = ""
    app: str = ""
    controller: str = ""


class Scale(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Instances of a pool."""

    min: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    max: _Count = 4


class Toleration(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """As in a pod."""

    key: str = ""
    operator: Literal["Equal", "Exists"] = "Equal"
    value: str = ""
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = ""


class ModelVolume(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """A PersistentVolumeClaim that is there already, mounted read-only in the pool's instances."""

    claim: str
    path: str = "/models"


class Architecture(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Machines of one sort, and what a pool takes of one."""

    variant: Variant | None = None
    """Not given: by the name, ``l4t`` for jetson…, ``cuda`` for gpu…, otherwise ``cpu``."""
    image: str = ""
    node_selector: Mapping[str, str] | None = None
    """Not given: the label ``synergai.org/architecture`` with the architecture's name."""
    tolerations: tuple[Toleration, ...] = ()
    affinity: Mapping[str, Any] = {}
    runtime_class: str | None = None
    """Not given: ``nvidia`` for ``l4t``, otherwise none."""
    gpu: Annotated[int, msgspec.Meta(ge=0, le=64)] | None = None
    """``nvidia.com/gpu`` of an instance; not given: 1 where the
    variant is ``cuda`` and the engine can use it."""
    cpu: _Quantity | None = None
    """Of an instance; not given: threads x slots. It also bounds the threads that are chosen."""
    memory: _Quantity | None = None
    """Of an instance; not given: from the profiles."""
    slots: _Count = 1
    """Requests an instance computes at a time."""
    scale: Scale = Scale()
    share_device: bool = False
    """Pools on one node share its slots; needs the flag ``podspec-fieldref``."""
    groups: tuple[str, ...] = ()
    """Of models, that it runs; empty: all."""


class PoolSpec(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """What is different in one pool; one of another name is a pool more."""

    architecture: str = ""
    models: tuple[str, ...] = ()
    configuration: Configuration | None = None
    """Not given: the fastest that all its models have profiles of."""
    generation: Annotated[int, msgspec.Meta(ge=1, le=99_999)] = 1
    """Raised when models or configuration change: a new topic, and a new source for it."""
    slots: _Count | None = None
    cpu: _Quantity | None = None
    memory: _Quantity | None = None
    scale: Scale | None = None
    model_volume: ModelVolume | None = None
    model_folders: tuple[str, ...] = ()
    """Of own models, inside the image or the volume; absolute paths."""


class App(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """The stream processor."""

    workers: _Count = 2
    cpu: _Quantity = 1
    memory: _Quantity = "1Gi"


class Prewarm(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """The controller that warms pools before the requests that need them."""

    release_after_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 30.0
    """How long less is needed before instances are given back to the autoscaler."""
    replicas: Annotated[int, msgspec.Meta(ge=1, le=5)] = 2
    """One leads, the others wait."""


class Network(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Who may talk to whom."""

    policies: bool = True
    monitoring_namespace: str = "monitoring"
    """From which metrics may be read."""
    egress_ports: tuple[Annotated[int, msgspec.Meta(ge=1, le=65535)], ...] = ()
    """Beside those of the bootstrap address, e.g. 443 for payloads kept in an object store."""


class Deployment(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that is deployed together, in one namespace."""

    name: str = "synergai"
    namespace: str = "synergai"
    kafka: Kafka
    images: Images = Images()
    models: tuple[str, ...] | Mapping[str, tuple[str, ...]]
    """A list: grouped by the engine that suits each best. Fields: groups by name."""
    architectures: Mapping[str, Architecture]
    pools: Mapping[str, PoolSpec] = {}
    tenants: tuple[str, ...] = ("default",)
    topic_prefix: str = "synergai"
    settings: Mapping[str, str | int | float | Mapping[str, Any]] = {}
    """Of app and functions, as in docs/reference/settings.md: lower case, no ``SYNERGAI_``."""
    profiles: str = ""
    """File or folder, relative to this file; empty: the shipped ones."""
    app: App = App()
    prewarm: Prewarm = Prewarm()
    network: Network = Network()
    monitoring: bool = False
    """Write a ServiceMonitor; needs the Prometheus operator."""
    create_namespace: bool = True

    @property
    def every_model(self) -> tuple[str, ...]:
        """All models, in the order of the file."""
        if isinstance(self.models, tuple):
            return self.models
        return tuple(model for group in self.models.values() for model in group)
