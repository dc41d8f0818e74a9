"""The models of a stack, fetched before anything runs."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from functions.engine.configuration import AUTO
from functions.errors import UnknownModelError
from functions.ports import Catalogue
from streams.broker.options import Progress
from streams.errors import StreamsError
from streams.stack.schema import StackFile


def open_for(stack: StackFile, cache: Path, progress: Progress) -> Catalogue:
    """The catalogue with the stack's own models.

    Raises:
        PermanentError: a folder of own models cannot be used; the message says why.
    """
    from functions.catalogue import open_catalogue  # noqa: PLC0415 - pictures and sound: late
    from functions.settings import from_environment  # noqa: PLC0415 - late as well

    folders = [Path(folder) for folder in stack.model_folders]
    return open_catalogue(cache, folders, from_environment().wheels, progress)


def fetch(
    stack: StackFile, catalogue: Catalogue, place: str, progress: Progress
) -> Mapping[str, str]:
    """Fetch every model on every engine the pools ask for; model to its preferred engine.

    Raises:
        StreamsError: no such model; names the stack file and what there is.
        TemporaryError: one could not be fetched now; says what helps.
        PermanentError: one cannot be used or kept.
    """
    preferred: dict[str, str] = {}
    for number, name in enumerate(stack.models):
        progress("models", number, len(stack.models))
        try:
            preferred[name] = catalogue.find(name).engine
        except UnknownModelError as error:
            raise StreamsError(f"{place}: models: {error}") from None
        for engine in _engines(stack, name) - {AUTO, preferred[name]}:
            with contextlib.suppress(UnknownModelError):  # computed on the preferred one then
                catalogue.find(name, engine)
    progress("models", len(stack.models), len(stack.models))
    return preferred


def _engines(stack: StackFile, model: str) -> set[str]:
    return {
        pool.configuration.engine for pool in stack.pools if model in (pool.models or stack.models)
    }


def preferred(stack: StackFile, cache: Path, place: str) -> Mapping[str, str]:
    """The engine that each model prefers, fetching nothing.

    Raises:
        StreamsError: no such model; names the stack file and what there is.
        PermanentError: a folder of own models cannot be used; the message says why.
    """
    from functions.catalogue import open_catalogue  # noqa: PLC0415 - late, as above
    from functions.catalogue.described import listed  # noqa: PLC0415

    folders = [Path(folder) for folder in stack.model_folders]
    rows = listed(open_catalogue(cache, folders, None))
    engines = {row["name"]: row["engines"][0] for row in rows}
    for name in stack.models:
        if name not in engines:
            allowed = ", ".join(sorted(engines))
            raise StreamsError(f"{place}: models: model: found {name!r}, allowed: {allowed}")
    return {name: engines[name] for name in stack.models}
