"""The models of a stack, fetched before anything runs."""

from collections.abc import Mapping
from pathlib import Path

from functions.engine.configuration import AUTO
from functions.errors import PermanentError, TemporaryError, UnknownModelError
from functions.ports import Catalogue
from streams.broker.options import Progress
from streams.errors import StackError, StreamsError
from streams.stack.schema import StackFile


def open_for(stack: StackFile, cache: Path) -> Catalogue:
    """The catalogue with the stack's own models.

    Raises:
        StreamsError: a folder of own models cannot be used; the message says why.
    """
    from functions.catalogue import open_catalogue  # noqa: PLC0415 - pictures and sound: late
    from functions.settings import from_environment  # noqa: PLC0415 - late as well

    folders = [Path(folder) for folder in stack.model_folders]
    return open_catalogue(cache, folders, from_environment().wheels)


def fetch(
    stack: StackFile, catalogue: Catalogue, place: str, progress: Progress
) -> Mapping[str, str]:
    """Fetch every model on every engine the pools ask for; model to its preferred engine.

    Raises:
        StreamsError: no such model, or one that cannot be used; names the stack file.
        StackError: one could not be fetched now.
    """
    preferred: dict[str, str] = {}
    for number, name in enumerate(stack.models):
        progress("fetching models", number, len(stack.models))
        try:
            preferred[name] = catalogue.find(name).engine
            for engine in _engines(stack, name) - {AUTO, preferred[name]}:
                _other(catalogue, name, engine)
        except PermanentError as error:
            raise StreamsError(f"{place}: models: {error}") from None
        except TemporaryError as error:
            raise StackError(f"{place}: models: {name}: {error}") from None
    progress("fetching models", len(stack.models), len(stack.models))
    return preferred


def _engines(stack: StackFile, model: str) -> set[str]:
    return {
        pool.configuration.engine for pool in stack.pools if model in (pool.models or stack.models)
    }


def _other(catalogue: Catalogue, name: str, engine: str) -> None:
    """A pool of an engine that the model has no file for computes it on its preferred one."""
    try:
        catalogue.find(name, engine)
    except UnknownModelError:
        return
