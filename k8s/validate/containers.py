"""Containers of a Revision: names and ports that Knative keeps, images, environment, security."""

from collections.abc import Iterator, Sequence
from posixpath import normpath
from typing import Final

from k8s.validate import environment, probes, resources
from k8s.validate.findings import Finding, needs, under
from k8s.validate.nouns import (
    Container,
    ContainerPort,
    Mount,
    SeccompProfile,
    SecurityContext,
    Volume,
)
from k8s.validate.words import is_image, is_inside, is_label_1123

_PORTS: Final = frozenset({8008, 8012, 8013, 8022, 9090, 9091})
_PORT_NAMES: Final = ("", "h2c", "http1")
_PATHS: Final = frozenset({"/", "/dev", "/dev/log"})
_LAST_PORT: Final = 65535
_LAST_ID: Final = 2**31 - 1


def check(containers: Sequence[Container], volumes: Sequence[Volume]) -> Iterator[Finding]:
    """What is wrong with any of them."""
    if not containers:
        yield Finding("containers", "none", "one")
    yield from _ports(containers)
    if len(containers) > 1:
        count = f"{len(containers)} containers"
        yield Finding("containers", count, "one, unless the flag is on", "multi-container")
    names = [container.name for container in containers if container.name]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Finding("containers", f"the name {name!r} twice", "each name once")
    for index, container in enumerate(containers):
        serving = len(containers) == 1 or bool(container.ports)
        yield from under(f"containers[{index}]", _one(container, volumes, serving=serving))


def _ports(containers: Sequence[Container]) -> Iterator[Finding]:
    count = sum(len(container.ports) for container in containers)
    if count > 1:
        yield Finding("containers", f"{count} ports", "one in all containers together")
    if count == 0 and len(containers) > 1:
        yield Finding("containers", "no port", "the port of the one that takes requests")


def _one(container: Container, volumes: Sequence[Volume], *, serving: bool) -> Iterator[Finding]:
    yield from _words(container)
    yield from environment.check(container, serving=serving)
    for port in container.ports[:1]:
        yield from under("ports[0]", _port(port))
    yield from under("resources", resources.check(container.resources))
    yield from under("securityContext", _security(container.security_context))
    yield from under("volumeMounts", _mounts(container.volume_mounts, volumes))
    yield from _probes(container, serving=serving)


def _words(container: Container) -> Iterator[Finding]:
    if container.name == "queue-proxy" or (container.name and not is_label_1123(container.name)):
        allowed = "lower-case letters, digits and inner hyphens; not queue-proxy"
        yield Finding("name", repr(container.name), allowed)
    if container.image_pull_policy not in {"", "Always", "IfNotPresent", "Never"}:
        found = repr(container.image_pull_policy)
        yield Finding("imagePullPolicy", found, "Always, IfNotPresent or Never")
    if not is_image(container.image):
        allowed = "registry/repository:tag or …@sha256:…, lower case, 2 characters or more"
        yield Finding("image", repr(container.image), allowed)
    if container.termination_message_policy not in {"", "File", "FallbackToLogsOnError"}:
        found = repr(container.termination_message_policy)
        yield Finding("terminationMessagePolicy", found, "File or FallbackToLogsOnError")


def _probes(container: Container, *, serving: bool) -> Iterator[Finding]:
    if serving:
        yield from probes.check(container)
    elif container.readiness_probe or container.liveness_probe:
        yield Finding(
            "", "a probe", "none on a container without a port", "multi-container-probing"
        )


def _port(port: ContainerPort) -> Iterator[Finding]:
    if port.container_port in _PORTS:
        yield Finding("containerPort", str(port.container_port), "one that Knative does not use")
    if not 0 <= port.container_port <= _LAST_PORT:
        yield Finding("containerPort", str(port.container_port), f"0 to {_LAST_PORT}")
    if port.protocol not in {"", "TCP"}:
        yield Finding("protocol", repr(port.protocol), "TCP")
    if port.name not in _PORT_NAMES:
        yield Finding("name", repr(port.name), "nothing, http1 or h2c")


def _security(context: SecurityContext | None) -> Iterator[Finding]:
    if context is None:
        return
    yield from _seccomp(context.seccomp_profile)
    if context.privileged:
        yield Finding("privileged", "true", "false")
    if context.capabilities and context.capabilities.add:
        added = ", ".join(context.capabilities.add)
        yield needs("kubernetes.containerspec-addcapabilities", "capabilities.add", added)
    for name, number in (("runAsUser", context.run_as_user), ("runAsGroup", context.run_as_group)):
        if number is not None and not 0 <= number <= _LAST_ID:
            yield Finding(name, str(number), f"0 to {_LAST_ID}")


def _seccomp(profile: SeccompProfile | None) -> Iterator[Finding]:
    if profile is None:
        return
    if profile.type not in {"Localhost", "RuntimeDefault", "Unconfined"}:
        yield Finding("seccompProfile.type", repr(profile.type), "RuntimeDefault or Localhost")
    elif bool(profile.localhost_profile) != (profile.type == "Localhost"):
        found = repr(profile.localhost_profile)
        yield Finding("seccompProfile.localhostProfile", found, "a file, with Localhost alone")


def _mounts(mounts: Sequence[Mount], volumes: Sequence[Volume]) -> Iterator[Finding]:
    known = {volume.name: volume for volume in volumes}
    seen: set[str] = set()
    for index, mount in enumerate(mounts):
        yield from under(f"[{index}]", _mount(mount, known, seen))
        seen.add(normpath(mount.mount_path).replace("//", "/"))


def _mount(mount: Mount, known: dict[str, Volume], seen: set[str]) -> Iterator[Finding]:
    volume = known.get(mount.name)
    path = normpath(f"/{mount.mount_path.lstrip('/')}") if mount.mount_path[:1] == "/" else ""
    if not is_inside(mount.sub_path):
        yield Finding("subPath", repr(mount.sub_path), "a path inside of the volume")
    if volume is None:
        yield Finding("name", repr(mount.name), f"a volume: {', '.join(known) or 'there is none'}")
    if path in _PATHS or not path:
        yield Finding(
            "mountPath", repr(mount.mount_path), "an absolute path, not /, /dev, /dev/log"
        )
    elif path in seen:
        yield Finding("mountPath", repr(mount.mount_path), "each path once")
    if mount.mount_propagation is not None:
        flag = "kubernetes.podspec-volumes-mount-propagation"
        yield needs(flag, "mountPropagation", mount.mount_propagation)
        if mount.mount_propagation not in {"None", "HostToContainer"}:
            found = repr(mount.mount_propagation)
            yield Finding("mountPropagation", found, "None or HostToContainer")
    claim = volume.persistent_volume_claim if volume else None
    if claim and claim.get("readOnly") and not mount.read_only:
        yield Finding("readOnly", "nothing", "true, as the claim has it")
