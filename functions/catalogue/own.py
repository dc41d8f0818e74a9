"""A user's own models: a folder with a model file and a ``model.yaml``."""

import hashlib
import importlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec
import yaml

from functions.catalogue import media
from functions.catalogue.picture import ImageStep
from functions.errors import PermanentError
from functions.ports import Model, Processing

FILE: Final = "model.yaml"
_NAME: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PRECISION: Final = re.compile(r"[a-z0-9_]+")
_MOST_BATCH: Final = 1024


class OwnModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ``model.yaml`` says."""

    name: str
    file: str
    """The net, relative to the folder."""
    engine: Literal["onnxruntime", "litert"]
    description: str
    licence: str
    version: str = "1"
    precision: str = "fp32"
    max_batch: int = 1
    processing: Literal["tensors", "image"] = "tensors"
    """``tensors``: inference requests only; ``image``: a picture in, its likeliest classes out."""
    media_types: tuple[str, ...] = ()
    """Of ``image``; empty: all that are known."""
    image: ImageStep | None = None
    """How a picture becomes a tensor; with ``processing: image`` only."""


class OwnFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A checked ``model.yaml`` and the folder it lies in."""

    folder: Path
    said: OwnModel

    @property
    def media_types(self) -> tuple[str, ...]:
        """Raw media that the model takes; none with ``processing: tensors``."""
        pictures = self.said.processing == "image"
        return self.said.media_types or (media.PICTURES if pictures else ())

    def model(self) -> Model:
        """The model; its version holds the first digits of the file's SHA-256.

        Raises:
            PermanentError: a file of labels that cannot be read.
        """
        file = self.folder / self.said.file
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        return Model(
            name=self.said.name,
            version=f"{self.said.version}+{digest[:8]}",
            engine=self.said.engine,
            file=file,
            precision=self.said.precision,
            processing=_processing(self),
            description=self.said.description,
            licence=self.said.licence,
            max_batch=self.said.max_batch,
        )


def load(folders: Iterable[Path], taken: Iterable[str]) -> Mapping[str, OwnFolder]:
    """Name to model; each folder is a model's, or holds folders of models.

    Raises:
        PermanentError: names file, field, found, allowed; also where a name is taken.
    """
    known = dict.fromkeys(taken, "the shipped catalogue")
    found = {}
    for path in (path for folder in folders for path in _files(folder)):
        own = _read(path)
        name = own.said.name
        if name in known:
            raise PermanentError(
                f"{path}: name: found {name!r}, allowed: one that is not in {known[name]}"
            )
        known[name], found[name] = str(path), own
    return found


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise PermanentError(
            f"model folder {folder}: found no folder, allowed: a folder with {FILE}"
        )
    own = folder / FILE
    paths = [own] if own.exists() else sorted(folder.glob(f"*/{FILE}"))
    if not paths:
        raise PermanentError(
            f"model folder {folder}: found no {FILE}, allowed: {FILE} in it or in its folders"
        )
    return paths


def _read(path: Path) -> OwnFolder:
    try:
        fields = yaml.safe_load(path.read_text())
        said = msgspec.convert(fields, OwnModel)
    except OSError as error:
        raise PermanentError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise PermanentError(f"{path}: no YAML: {error}") from None
    except msgspec.ValidationError as error:
        fields = ", ".join(OwnModel.__struct_fields__)
        raise PermanentError(f"{path}: {error}; fields: {fields}") from None
    _check(path, said)
    return OwnFolder(folder=path.parent.resolve(), said=said)


def _check(path: Path, said: OwnModel) -> None:
    """Refuse what the types alone do not show to be wrong."""
    wrong = (
        _not_named(said)
        or _not_inside(path.parent, "file", said.file)
        or _not_counted(said)
        or _not_an_image(path.parent, said)
    )
    if wrong:
        raise PermanentError(f"{path}: {wrong}")


def _not_named(said: OwnModel) -> str:
    if not _NAME.fullmatch(said.name):
        allowed = "lower-case letters, digits and inner hyphens, at most 63"
        return f"name: found {said.name!r}, allowed: {allowed}"
    if not _PRECISION.fullmatch(said.precision):
        return f"precision: found {said.precision!r}, allowed: e.g. fp32, int8"
    return ""


def _not_inside(folder: Path, field: str, name: str) -> str:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        return f"{field}: found {name!r}, allowed: a file inside {folder}"
    if not path.is_file():
        there = ", ".join(sorted(p.name for p in folder.iterdir() if p.name != FILE)) or "nothing"
        return f"{field}: found {name!r}, which is not there; in the folder: {there}"
    return ""


def _not_counted(said: OwnModel) -> str:
    if not 1 <= said.max_batch <= _MOST_BATCH:
        return f"max_batch: found {said.max_batch}, allowed: 1 to {_MOST_BATCH}"
    return ""


def _not_an_image(folder: Path, said: OwnModel) -> str:
    if said.processing == "tensors":
        given = "image" if said.image else "media_types" if said.media_types else ""
        return f"{given}: found with processing: tensors, allowed with: image" if given else ""
    if said.image is None:
        return "image: found nothing, allowed with processing: image: e.g. {size: 224}"
    wrong = said.image.wrong(said.media_types)
    return wrong or (
        _not_inside(folder, "image.labels", said.image.labels) if said.image.labels else ""
    )


def _processing(own: OwnFolder) -> Processing:
    """Imported now, since image libraries are not needed to list models."""
    if own.said.image is None:
        tensors = importlib.import_module("functions.catalogue.nets.tensors")
        made: Processing = tensors.TensorsOnly()
    else:
        classes = importlib.import_module("functions.catalogue.nets.classes")
        made = classes.Classes(own.said.image, own.media_types, own.folder)
    return made
