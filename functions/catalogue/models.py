"""The catalogue of this project and a user's own folders, as one."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from functions.catalogue import own
from functions.catalogue.cache import Cache
from functions.catalogue.entries import ENTRIES
from functions.errors import UnknownModelError
from functions.ports import Model


class Models:
    """Finds models, fetching the shipped ones into the cache if need be."""

    def __init__(self, cache: Cache, folders: Sequence[Path]) -> None:
        """Read the folders' descriptions.

        Raises:
            PermanentError: names file, field, found, allowed.
        """
        self.cache = cache
        self.own: Mapping[str, own.OwnFolder] = own.load(folders, ENTRIES)

    @property
    def names(self) -> tuple[str, ...]:
        """All models, the shipped ones first."""
        return (*ENTRIES, *self.own)

    def find(self, name: str, engine: str | None = None) -> Model:
        """The model on an engine; None: the one it prefers.

        Raises:
            UnknownModelError: no such model, or not on that engine; lists what there is.
            TemporaryError: it could not be fetched now.
        """
        if name in self.own:
            model = self.own[name]
            chosen_engine(name, engine, (model.said.engine,))
            return model.model()
        if name not in ENTRIES:
            allowed = ", ".join(sorted(self.names))
            raise UnknownModelError(f"model: found {name!r}, allowed: {allowed}")
        entry = ENTRIES[name]
        chosen = chosen_engine(name, engine, entry.nets)
        return entry.model(chosen, self.cache.obtain(entry))


def chosen_engine(name: str, engine: str | None, allowed: Iterable[str]) -> str:
    """The engine that was asked for, else the first.

    Raises:
        UnknownModelError: the model is not on that engine.
    """
    engines = tuple(allowed)
    if engine is None:
        return engines[0]
    if engine not in engines:
        raise UnknownModelError(
            f"model {name}: engine: found {engine!r}, allowed: {', '.join(engines)}"
        )
    return engine
