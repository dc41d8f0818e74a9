"""A pod's volumes as folders of this machine; paths in containers are translated to them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests.k8s.bed.rest import Object

Config = Callable[[str], Mapping[str, str]]
"""The entries of a ConfigMap, by its name."""
BROUGHT: Final = ("SYNERGAI_CACHE", "NUMBA_CACHE_DIR")
"""Variables that name what an image brings along: models, compiled code. Ours lie elsewhere."""


class Mounts:
    """Where the mounts of one container lie here."""

    def __init__(self, pod: Object, container: Object, folder: Path, config: Config) -> None:
        volumes = {each["name"]: each for each in pod["spec"].get("volumes", [])}
        self._places: dict[str, Path] = {}
        for mount in container.get("volumeMounts", []):
            place = folder / str(mount["name"])
            place.mkdir(parents=True, exist_ok=True)
            self._places[mount["mountPath"]] = place
        for mount in container.get("volumeMounts", []):
            source = volumes[mount["name"]].get("configMap")
            if source:
                self._fill(self._places[mount["mountPath"]], config(source["name"]))

    def here(self, text: str) -> str:
        """A text that begins with a mount's path, or just the text."""
        for path, place in self._places.items():
            if text == path or text.startswith(f"{path}/"):
                return f"{place}{text.removeprefix(path)}"
        return text

    def _fill(self, place: Path, entries: Mapping[str, str]) -> None:
        """One file per entry; files may name each other by their paths in the container."""
        for name, text in entries.items():
            words = text.split(" ")
            (place / name).write_text(" ".join(self._lines(word) for word in words))

    def _lines(self, words: str) -> str:
        return "\n".join(self.here(word) for word in words.split("\n"))
