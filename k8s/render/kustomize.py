"""The same objects as folders of kustomize: what all share, and what each architecture adds."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from k8s import labels
from k8s.render.metadata import Manifest
from k8s.render.order import kind
from k8s.render.writing import as_yaml

_NAME: Final = "kustomization.yaml"
_ALL: Final = "all"


def files(manifests: Iterable[Manifest]) -> dict[str, str]:
    """Relative path to text: ``base``, ``pools/<architecture>``, ``overlays/<architecture>``.

    An overlay is the base and one architecture's pools; ``overlays/all`` has every pool. Topics
    are in the base, so that no overlay leaves out one that the app was told of.
    """
    shared: list[Manifest] = []
    pools: dict[str, list[Manifest]] = {}
    for each in manifests:
        architecture = each["metadata"]["labels"].get(labels.ARCHITECTURE)
        (pools.setdefault(architecture, []) if architecture else shared).append(each)
    found = _folder("base", shared)
    for architecture, own in sorted(pools.items()):
        found |= _folder(f"pools/{architecture}", own)
        found[f"overlays/{architecture}/{_NAME}"] = _kustomization(
            ["../../base", f"../../pools/{architecture}"]
        )
    every = [f"../../pools/{architecture}" for architecture in sorted(pools)]
    found[f"overlays/{_ALL}/{_NAME}"] = _kustomization(["../../base", *every])
    return dict(sorted(found.items()))


def _folder(path: str, manifests: list[Manifest]) -> dict[str, str]:
    """A file per object, and the list of them in order of creation."""
    named = {_file(each): as_yaml([each]) for each in manifests}
    written = {f"{path}/{name}": text for name, text in named.items()}
    written[f"{path}/{_NAME}"] = _kustomization(list(named))
    return written


def _file(manifest: Manifest) -> str:
    word = kind(manifest).lower().replace("service.serving.knative.dev", "knative-service")
    return f"{word}-{manifest['metadata']['name']}.yaml"


def _kustomization(resources: list[str]) -> str:
    fields: Mapping[str, Any] = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": resources,
    }
    return as_yaml([dict(fields)]).removeprefix("---\n")
