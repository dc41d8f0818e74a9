"""The catalogue of this project and a user's own folders, as one."""

from collections.abc import Iterable

from functions.catalogue.cache import Cache
from functions.catalogue.entries import ENTRIES
from functions.catalogue.entry import Entry
from functions.errors import UnknownModelError
from functions.ports import Model


class Shipped:
    """Finds models, fetching their files into the cache if need be."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache

    def find(self, name: str, engine: str | None = None) -> Model:
        """The model on an engine; None: the one it prefers.

        Raises:
            UnknownModelError: no such model, or not on that engine; lists what there is.
            TemporaryError: it could not be fetched now.
        """
        entry = self._entry(name)
        chosen = chosen_engine(name, engine, entry.nets)
        return entry.model(chosen, self.cache.obtain(entry))

    def _entry(self, name: str) -> Entry:
        if name not in ENTRIES:
            raise UnknownModelError(f"model: found {name!r}, allowed: {', '.join(sorted(ENTRIES))}")
        return ENTRIES[name]


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
