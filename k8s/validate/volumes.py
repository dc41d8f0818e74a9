"""Volumes of a Revision."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from k8s.validate.findings import Finding, needs, under
from k8s.validate.nouns import Container, Volume
from k8s.validate.words import is_label_1123

_FLAGS: Final = {
    "emptyDir": "kubernetes.podspec-volumes-emptydir",
    "hostPath": "kubernetes.podspec-volumes-hostpath",
    "csi": "kubernetes.podspec-volumes-csi",
    "image": "kubernetes.podspec-volumes-image",
    "persistentVolumeClaim": "kubernetes.podspec-persistent-volume-claim",
}
_WRITE: Final = "kubernetes.podspec-persistent-volume-write"
_PROJECTED: Final = ("configMap", "downwardAPI", "secret", "serviceAccountToken")


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
    for index, item in enumerate(source.items if name in {"configMap", "secret"} else ()):
        if not item.key or not item.path:
            yield Finding(f"items[{index}]", "no key or no path", "both")
    if name == "emptyDir" and source.get("medium", "") not in {"", "Memory"}:
        yield Finding("medium", repr(source["medium"]), "nothing or Memory")
    if name == "persistentVolumeClaim" and not source.get("readOnly"):
        yield needs(_WRITE, "readOnly", "a claim that may be written")
    if name == "image" and not source.get("reference"):
        yield Finding("reference", "nothing", "the name of an image")
    if name == "projected":
        yield from _projected(source.get("sources", ()))


def _projected(parts: Sequence[Any]) -> Iterator[Finding]:
    for index, part in enumerate(parts):
        given = [kind for kind in _PROJECTED if kind in part]
        if len(given) != 1:
            allowed = f"one of {', '.join(_PROJECTED)}"
            yield Finding(f"sources[{index}]", ", ".join(given) or "none", allowed)
