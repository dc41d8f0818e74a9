"""Volumes of a Revision."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from k8s.errors import K8sError
from k8s.quantity import amount
from k8s.validate import projected
from k8s.validate.findings import Finding, needs, under
from k8s.validate.nouns import ConfigMapVolume, Container, SecretVolume, Volume
from k8s.validate.words import is_inside, is_label_1123

_FLAGS: Final = {
    "emptyDir": "kubernetes.podspec-volumes-emptydir",
    "hostPath": "kubernetes.podspec-volumes-hostpath",
    "csi": "kubernetes.podspec-volumes-csi",
    "image": "kubernetes.podspec-volumes-image",
    "persistentVolumeClaim": "kubernetes.podspec-persistent-volume-claim",
}
_WRITE: Final = "kubernetes.podspec-persistent-volume-write"
_MOST_MODE: Final = 0o777


def check(volumes: Sequence[Volume], containers: Sequence[Container]) -> Iterator[Finding]:
    """Each has one source, a name of its own, and is mounted."""
    mounted = {mount.name for container in containers for mount in container.volume_mounts}
    seen: set[str] = set()
    for index, volume in enumerate(volumes):
        place = f"volumes[{index}]"
        if volume.name in seen:
            yield Finding(f"{place}.name", f"{volume.name!r} twice", "each name once")
        if volume.name not in mounted:
            yield Finding(f"{place}.name", repr(volume.name), "one that a container mounts")
        seen.add(volume.name)
        yield from under(place, _one(volume))


def _one(volume: Volume) -> Iterator[Finding]:
    if not is_label_1123(volume.name):
        allowed = "lower-case letters, digits and inner hyphens, at most 63"
        yield Finding("name", repr(volume.name), allowed)
    sources = _sources(volume)
    if len(sources) != 1:
        allowed = f"one of configMap, secret, projected, {', '.join(_FLAGS)}"
        yield Finding("", ", ".join(sources) or "no source", allowed)
    for name, source in sources.items():
        if name in _FLAGS:
            yield needs(_FLAGS[name], name, name)
        yield from under(name, _source(name, source))


def _sources(volume: Volume) -> dict[str, Any]:
    every = {
        "configMap": volume.config_map,
        "csi": volume.csi,
        "emptyDir": volume.empty_dir,
        "hostPath": volume.host_path,
        "image": volume.image,
        "persistentVolumeClaim": volume.persistent_volume_claim,
        "projected": volume.projected,
        "secret": volume.secret,
    }
    return {name: source for name, source in every.items() if source is not None}


def _source(name: str, source: Any) -> Iterator[Finding]:
    if name in {"configMap", "secret"}:
        yield from _files(name, source)
    if name == "emptyDir":
        yield from _empty(source)
    if name == "persistentVolumeClaim" and not source.get("readOnly"):
        yield needs(_WRITE, "readOnly", "a claim that may be written")
    if name == "image" and not source.get("reference"):
        yield Finding("reference", "nothing", "the name of an image")
    if name == "projected":
        yield from projected.check(source)


def _files(name: str, source: ConfigMapVolume | SecretVolume) -> Iterator[Finding]:
    named = source.name if isinstance(source, ConfigMapVolume) else source.secret_name
    if not named:
        yield Finding("name" if name == "configMap" else "secretName", "nothing", "its name")
    modes = [source.default_mode, *(item.mode for item in source.items)]
    for mode in modes:
        if mode is not None and not 0 <= mode <= _MOST_MODE:
            yield Finding("defaultMode", str(mode), f"0 to {_MOST_MODE}")
    for index, item in enumerate(source.items):
        if not item.key or not item.path or not is_inside(item.path):
            found = f"key {item.key!r} and path {item.path!r}"
            yield Finding(f"items[{index}]", found, "a key, and a path inside of the volume")


def _empty(source: dict[str, Any]) -> Iterator[Finding]:
    if source.get("medium", "") not in {"", "Memory"}:
        yield Finding("medium", repr(source["medium"]), "nothing or Memory")
    size = source.get("sizeLimit")
    if size is not None:
        try:
            amount(size, "sizeLimit")
        except K8sError:
            yield Finding("sizeLimit", repr(size), "an amount such as 1Gi")
