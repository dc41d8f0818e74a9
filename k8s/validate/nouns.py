"""The fields of a Knative Service, with their types; what is not here is refused as unknown."""

from typing import Annotated, Any

import msgspec

Quantity = (
    Annotated[
        str,
        msgspec.Meta(
            pattern=r"^(\+|-)?([0-9]+(\.[0-9]*)?|\.[0-9]+)"
            r"([KMGTPE]i|[numkMGTPE]|[eE](\+|-)?([0-9]+(\.[0-9]*)?|\.[0-9]+))?$"
        ),
    ]
    | int
    | float
)
Port = int | str
Anything = dict[str, Any]


class _Noun(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """What all have in common."""


class KeyRef(_Noun, frozen=True, kw_only=True):
    """A key of a ConfigMap or Secret."""

    key: str
    name: str = ""
    optional: bool = False


class ValueFrom(_Noun, frozen=True, kw_only=True):
    """Where a variable's value comes from."""

    config_map_key_ref: KeyRef | None = None
    secret_key_ref: KeyRef | None = None
    field_ref: Anything | None = None
    resource_field_ref: Anything | None = None


class Variable(_Noun, frozen=True, kw_only=True):
    """One of an environment."""

    name: str
    value: str = ""
    value_from: ValueFrom | None = None


class NameRef(_Noun, frozen=True, kw_only=True):
    """A whole ConfigMap or Secret."""

    name: str = ""
    optional: bool = False


class VariablesFrom(_Noun, frozen=True, kw_only=True):
    """All keys of a ConfigMap or Secret."""

    config_map_ref: NameRef | None = None
    secret_ref: NameRef | None = None
    prefix: str = ""


class Header(_Noun, frozen=True, kw_only=True):
    """Of a probe's request."""

    name: str
    value: str


class HttpGet(_Noun, frozen=True, kw_only=True):
    """A probe that asks."""

    host: str = ""
    http_headers: tuple[Header, ...] = ()
    path: str = ""
    port: Port = 0
    scheme: str = ""


class TcpSocket(_Noun, frozen=True, kw_only=True):
    """A probe that connects."""

    host: str = ""
    port: Port = 0


class Exec(_Noun, frozen=True, kw_only=True):
    """A probe that runs something."""

    command: tuple[str, ...] = ()


class Grpc(_Noun, frozen=True, kw_only=True):
    """A probe by gRPC's health protocol."""

    port: int = 0
    service: str = ""


class Probe(_Noun, frozen=True, kw_only=True):
    """How it is found out whether a container is well."""

    exec: Exec | None = None
    grpc: Grpc | None = None
    http_get: HttpGet | None = None
    tcp_socket: TcpSocket | None = None
    failure_threshold: int = 0
    initial_delay_seconds: int = 0
    period_seconds: int = 0
    success_threshold: int = 0
    timeout_seconds: int = 0


class ContainerPort(_Noun, frozen=True, kw_only=True):
    """Where it listens."""

    container_port: int = 0
    name: str = ""
    protocol: str = "TCP"


class Resources(_Noun, frozen=True, kw_only=True):
    """What it gets."""

    limits: dict[str, Quantity] = {}
    requests: dict[str, Quantity] = {}


class Capabilities(_Noun, frozen=True, kw_only=True):
    """Rights of a process in Linux."""

    add: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class SeccompProfile(_Noun, frozen=True, kw_only=True):
    """Which system calls it may use."""

    type: str
    localhost_profile: str = ""


class SecurityContext(_Noun, frozen=True, kw_only=True):
    """As whom it runs."""

    allow_privilege_escalation: bool | None = None
    capabilities: Capabilities | None = None
    privileged: bool | None = None
    read_only_root_filesystem: bool | None = None
    run_as_group: int | None = None
    run_as_non_root: bool | None = None
    run_as_user: int | None = None
    seccomp_profile: SeccompProfile | None = None


class Mount(_Noun, frozen=True, kw_only=True):
    """Where a volume is seen."""

    mount_path: str
    name: str
    mount_propagation: str | None = None
    read_only: bool | None = None
    sub_path: str = ""


class Container(_Noun, frozen=True, kw_only=True):
    """One process of a pod."""

    args: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    env: tuple[Variable, ...] = ()
    env_from: tuple[VariablesFrom, ...] = ()
    image: str = ""
    image_pull_policy: str = ""
    liveness_probe: Probe | None = None
    name: str = ""
    ports: tuple[ContainerPort, ...] = ()
    readiness_probe: Probe | None = None
    resources: Resources | None = None
    security_context: SecurityContext | None = None
    startup_probe: Probe | None = None
    termination_message_path: str = ""
    termination_message_policy: str = ""
    volume_mounts: tuple[Mount, ...] = ()
    working_dir: str = ""


class KeyToPath(_Noun, frozen=True, kw_only=True):
    """A key and the file it becomes."""

    key: str
    path: str
    mode: int | None = None


class ConfigMapVolume(_Noun, frozen=True, kw_only=True):
    """Files from a ConfigMap."""

    default_mode: int | None = None
    items: tuple[KeyToPath, ...] = ()
    name: str = ""
    optional: bool = False


class SecretVolume(_Noun, frozen=True, kw_only=True):
    """Files from a Secret."""

    default_mode: int | None = None
    items: tuple[KeyToPath, ...] = ()
    secret_name: str = ""
    optional: bool = False


class Volume(_Noun, frozen=True, kw_only=True):
    """Exactly one of its sources."""

    name: str
    config_map: ConfigMapVolume | None = None
    csi: Anything | None = None
    empty_dir: Anything | None = None
    host_path: Anything | None = None
    image: Anything | None = None
    persistent_volume_claim: Anything | None = None
    projected: Anything | None = None
    secret: SecretVolume | None = None


class PodSpec(_Noun, frozen=True, kw_only=True):
    """Of a Revision."""

    containers: tuple[Container, ...]
    affinity: Anything | None = None
    automount_service_account_token: bool | None = None
    container_concurrency: int | None = None
    dns_config: Anything | None = None
    dns_policy: str = ""
    enable_service_links: bool | None = None
    host_aliases: tuple[Anything, ...] = ()
    host_ipc: bool = msgspec.field(default=False, name="hostIPC")
    host_network: bool = False
    host_pid: bool = msgspec.field(default=False, name="hostPID")
    idle_timeout_seconds: int | None = None
    image_pull_secrets: tuple[NameRef, ...] = ()
    init_containers: tuple[Anything, ...] = ()
    node_selector: dict[str, str] = {}
    priority_class_name: str = ""
    response_start_timeout_seconds: int | None = None
    runtime_class_name: str | None = None
    scheduler_name: str = ""
    security_context: Anything | None = None
    service_account_name: str = ""
    share_process_namespace: bool | None = None
    timeout_seconds: int | None = None
    tolerations: tuple[Anything, ...] = ()
    topology_spread_constraints: tuple[Anything, ...] = ()
    volumes: tuple[Volume, ...] = ()


class Template(_Noun, frozen=True, kw_only=True):
    """What a Revision is made from."""

    metadata: Anything = {}
    spec: PodSpec


class Traffic(_Noun, frozen=True, kw_only=True):
    """Which share of requests goes to which Revision."""

    configuration_name: str = ""
    latest_revision: bool | None = None
    percent: int = 0
    revision_name: str = ""
    tag: str = ""
    url: str = ""


class Spec(_Noun, frozen=True, kw_only=True):
    """Of a Service."""

    template: Template
    traffic: tuple[Traffic, ...] = ()
