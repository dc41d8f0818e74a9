"""From settings to models in memory that have run once."""

import contextlib
import time
from collections.abc import Callable, Mapping

from functions import runtimes
from functions.engine import loaded
from functions.engine.configuration import AUTO, parse
from functions.engine.job import Job, Raw
from functions.engine.loaded import LoadedModel
from functions.engine.worker import Worker
from functions.errors import PermanentError, TemporaryError, UnknownModelError
from functions.ports import Catalogue, Model
from functions.settings import FunctionSettings

Sample = Callable[[str], tuple[bytes, str]]
"""An input of a model and its media type; UnknownModelError where there is none."""


def find(settings: FunctionSettings, catalogue: Catalogue) -> tuple[Model, ...]:
    """The models of the settings, each on the configuration's engine if it exists for that.

    Raises:
        PermanentError: no models, an unknown one, or a wrong configuration.
        TemporaryError: one could not be fetched now.
    """
    if not settings.models:
        raise PermanentError("models: found none, allowed: names (SYNERGAI_MODELS or --model)")
    unknown = settings.pace.keys() - set(settings.models)
    if unknown:
        allowed = ", ".join(settings.models)
        raise PermanentError(f"pace: found {', '.join(sorted(unknown))}, allowed: {allowed}")
    engine = parse(settings.configuration).engine
    if engine not in {AUTO, *runtimes.ENGINES}:
        allowed = ", ".join([AUTO, *runtimes.ENGINES])
        raise PermanentError(f"configuration: found engine {engine!r}, allowed: {allowed}")
    return tuple(_found(catalogue, name, engine) for name in dict.fromkeys(settings.models))


def load(settings: FunctionSettings, models: tuple[Model, ...]) -> Mapping[str, LoadedModel]:
    """Open a session per model and slot.

    Raises:
        PermanentError: an engine is not installed, or a file is no model.
    """
    configuration = parse(settings.configuration)
    opened = {}
    for model in models:
        begun_s = time.perf_counter()
        opened[model.name] = loaded.load(
            model,
            runtimes.get(model.engine),
            threads=configuration.threads,
            sessions=settings.slots,
            batch=configuration.batch,
            factor=settings.pace.get(model.name, 1.0),
        )
        opened[model.name].load_s = time.perf_counter() - begun_s
    return opened


async def warm(worker: Worker, sample: Sample, clock: Callable[[], float]) -> None:
    """Compute each model's sample once, where there is one, so that no request is the first."""
    for name, model in worker.models.items():
        if not model.model.processing.media_types:
            continue
        with contextlib.suppress(PermanentError, TemporaryError):
            body, media_type = sample(name)
            work = Raw(body=body, media_type=media_type)
            await worker.compute(Job(model=name, work=work, arrived_s=clock()))


def _found(catalogue: Catalogue, name: str, engine: str) -> Model:
    try:
        return catalogue.find(name, None if engine == AUTO else engine)
    except UnknownModelError:
        return catalogue.find(name)
