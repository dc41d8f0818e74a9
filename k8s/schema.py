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
    """Its name."""
    user: str = "user"
    """The key that holds the user's name."""
    password: str = "password"  # noqa: S105 - the name of a key, not a password
    """The key that holds the password."""
    mechanism: str = "sasl.mechanism"
    """The key that holds e.g. SCRAM-SHA-512; the event source wants it in the Secret."""


class Tls(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """A Secret that is there already, and the names of its keys; empty: not used."""

    secret: str
    """Its name."""
    ca: str = "ca.crt"
    """The key that holds the authority's certificate."""
    certificate: str = ""
    """The key that holds our own, where the broker asks for one."""
    key: str = ""
    """The key that holds its key."""


class Kafka(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """How the cluster is reached."""

    bootstrap: str
    """``host:port``, comma separated."""
    sasl: Sasl | None = None
    """A Secret with user and password; not given: nobody asks."""
    tls: Tls | None = None
    """A Secret with certificates; not given: not encrypted."""
    topics: TopicsBy = "job"
    """Who creates the topics: ``job`` (ours), ``strimzi`` (KafkaTopics), ``none`` (somebody)."""
    strimzi_cluster: str = ""
    """Name of the Kafka resource that KafkaTopics belong to; with ``topics: strimzi``."""
    strimzi_namespace: str = ""
    """Where its operator looks for topics; empty: the deployment's namespace."""
    replication: Annotated[int, msgspec.Meta(ge=1, le=15)] | None = None
    """Copies of each partition; not given: three, or as many as there are brokers (Strimzi: the
    cluster's default)."""


class Images(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Names are ``REGISTRY/synergai-ROLE:TAG``; those given in full win."""

    registry: str = ""
    """Where they are, without a slash at the end."""
    tag: str = ""
    """Their version."""
    app: str = ""
    """The app's in full, and that of the Job that creates topics."""
    controller: str = ""
    """The controller's in full."""
    pull_secret: str = ""
    """A Secret that is there already, where the registry asks who pulls."""


class Scale(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Instances of a pool."""

    min: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    """So many are always there."""
    max: _Count = 4
    """Never more."""


class Toleration(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """As in a pod."""

    key: str = ""
    """Of the taint."""
    operator: Literal["Equal", "Exists"] = "Equal"
    """``Equal`` or ``Exists``."""
    value: str = ""
    """With ``Equal``."""
    effect: Literal["", "NoSchedule", "PreferNoSchedule", "NoExecute"] = ""
    """Not given: any."""


class ModelVolume(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """A PersistentVolumeClaim that is there already, mounted read-only in the pool's instances."""

    claim: str
    """Its name."""
    path: str = "/models"
    """Where it is mounted."""


class Architecture(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Machines of one sort, and what a pool takes of one."""

    variant: Variant | None = None
    """Not given: by the name, ``l4t`` for jetson…, ``cuda`` for gpu…, otherwise ``cpu``."""
    image: str = ""
    """The function's in full; not given: ``REGISTRY/synergai-function-VARIANT:TAG``."""
    node_selector: Mapping[str, str] | None = None
    """Not given: the label ``synergai.org/architecture`` with the architecture's name."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints that its instances bear."""
    affinity: Mapping[str, Any] = {}
    """As in a pod; handed through."""
    runtime_class: str | None = None
    """Not given: ``nvidia`` for ``l4t``, otherwise none."""
    gpu: Annotated[int, msgspec.Meta(ge=0, le=64)] | None = None
    """``nvidia.com/gpu`` of an instance; not given: 1 where the variant is ``cuda`` and the engine
    can use it."""
    cpu: _Quantity | None = None
    """Of an instance; not given: threads x slots. It also bounds the threads that are chosen."""
    memory: _Quantity | None = None
    """Of an instance; not given: from the profiles."""
    slots: _Count = 1
    """Requests an instance computes at a time."""
    scale: Scale = Scale()
    """Bounds of each of its pools."""
    share_device: bool = False
    """Pools on one node share its slots; needs the flag ``podspec-fieldref``."""
    groups: tuple[str, ...] = ()
    """Of models, that it runs; empty: all."""


class PoolSpec(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """What is different in one pool; one of another name is a pool more."""

    architecture: str = ""
    """Of a pool more: one of ``architectures``."""
    models: tuple[str, ...] = ()
    """What it serves; not given: its group."""
    configuration: Configuration | None = None
    """Not given: the fastest that all its models have profiles of."""
    generation: Annotated[int, msgspec.Meta(ge=1, le=99_999)] = 1
    """Raised when models or configuration change: a new topic, and a new source for it."""
    slots: _Count | None = None
    """Not given: the architecture's, as with the next three."""
    cpu: _Quantity | None = None
    """Of an instance."""
    memory: _Quantity | None = None
    """Of an instance."""
    scale: Scale | None = None
    """Its bounds."""
    model_volume: ModelVolume | None = None
    """A volume with own models; needs the flag ``podspec-persistent-volume-claim``."""
    model_folders: tuple[str, ...] = ()
    """Of own models, inside the image or the volume; absolute paths."""


class App(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """The stream processor."""

    workers: _Count = 2
    """Pods; they share the partitions."""
    cpu: _Quantity = 1
    """Of a worker."""
    memory: _Quantity = "1Gi"
    """Of a worker; more than ``queue_bytes_limit`` of the settings."""


class Prewarm(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """The controller that warms pools before the requests that need them."""

    release_after_s: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 60.0
    """How long less is needed before instances are given back to the autoscaler."""
    spare: Annotated[int, msgspec.Meta(ge=0, le=100)] = 0
    """Instances of a pool in use beyond what is needed, for bursts that nobody can foresee."""
    replicas: Annotated[int, msgspec.Meta(ge=1, le=5)] = 2
    """One leads, the others wait."""


class Network(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Who may talk to whom."""

    policies: bool = True
    """Write NetworkPolicies: what is not named is refused."""
    monitoring_namespace: str = "monitoring"
    """From which metrics may be read."""
    egress_ports: tuple[Annotated[int, msgspec.Meta(ge=1, le=65535)], ...] = ()
    """Beside those of the bootstrap address, e.g. 443 for payloads kept in an object store."""


class Deployment(_Noun, frozen=True, kw_only=True, omit_defaults=True):
    """Everything that is deployed together, in one namespace."""

    name: str = "synergai"
    """First part of every object's name."""
    namespace: str = "synergai"
    """Where all of it lives."""
    kafka: Kafka
    """How Kafka is reached."""
    images: Images = Images()
    """Where images are."""
    models: tuple[str, ...] | Mapping[str, tuple[str, ...]]
    """A list: grouped by the engine that suits each best. Fields: groups by name."""
    architectures: Mapping[str, Architecture]
    """Machines by name, as profiles name them; ``xeon:`` alone means all defaults."""
    pools: Mapping[str, PoolSpec] = {}
    """By name, ``ARCHITECTURE-GROUP``: what is different there; other names are pools more."""
    tenants: tuple[str, ...] = ("default",)
    """Each has its own topics."""
    topic_prefix: str = "synergai"
    """First part of every topic."""
    settings: Mapping[str, str | int | float | Mapping[str, Any]] = {}
    """Of app and functions, as in docs/reference/settings.md: lower case, no ``SYNERGAI_``."""
    profiles: str = ""
    """File or folder, relative to this file; empty: the shipped ones."""
    app: App = App()
    """The stream processor."""
    prewarm: Prewarm = Prewarm()
    """The controller."""
    network: Network = Network()
    """Who may talk to whom."""
    monitoring: bool = False
    """Write a ServiceMonitor; needs the Prometheus operator."""
    create_namespace: bool = True
    """Write the Namespace too, in which only restricted pods are admitted."""

    @property
    def every_model(self) -> tuple[str, ...]:
        """All models, in the order of the file."""
        if isinstance(self.models, tuple):
            return self.models
        return tuple(model for group in self.models.values() for model in group)
