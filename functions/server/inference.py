"""The routes of the Open Inference Protocol."""

import uuid
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from functions.engine.job import Job
from functions.engine.loaded import LoadedModel
from functions.errors import UnknownModelError
from functions.oip.schema import BINARY_HEADER, MetadataTensor, ModelMetadata, ServerMetadata
from functions.ports import TensorSpec
from functions.server import body
from functions.server.asked import from_request, length
from functions.server.instance import Instance
from functions.server.written import write

_FORMATS: Final = {"onnxruntime": "onnxruntime_onnx", "litert": "litert_tflite"}
_UNREADY: Final = 503


class InferenceRoutes:
    """``/v2`` and what is below it but health."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def routes(self) -> Sequence[BaseRoute]:
        """For Starlette; every model is also found under its version."""
        models = ("/v2/models/{model}", "/v2/models/{model}/versions/{version}")
        return [
            Route("/v2", self._server),
            *(Route(path, self._metadata) for path in models),
            *(Route(f"{path}/ready", self._model_ready) for path in models),
            *(Route(f"{path}/infer", self._infer, methods=["POST"]) for path in models),
        ]

    async def _server(self, _: Request) -> Response:
        return _json(ServerMetadata(name="synergai", version=_release()))

    async def _metadata(self, request: Request) -> Response:
        loaded = self._loaded(request)
        model, session = loaded.model, loaded.sessions[0]
        return _json(
            ModelMetadata(
                name=model.name,
                versions=(model.version,),
                platform=_FORMATS.get(model.engine, model.engine),
                inputs=_described(session.inputs),
                outputs=_described(session.outputs),
            )
        )

    async def _model_ready(self, request: Request) -> Response:
        self._loaded(request)
        return Response(status_code=200 if self._instance.ready else _UNREADY)

    async def _infer(self, request: Request) -> Response:
        instance = self._instance
        instance.check_open()
        loaded = self._loaded(request)
        text = request.headers.get(BINARY_HEADER)
        json_length = None if text is None else length(text, f"header {BINARY_HEADER}")
        asked = from_request(loaded, await body.read(request), json_length)
        key = f"http/{uuid.uuid4()}"
        job = Job(model=loaded.model.name, work=asked.work, arrived_s=instance.clock(), key=key)
        with instance.held(key, 0, job.model):
            done = await instance.compute(job)
        written = write(asked, done, asked.request.id if asked.request else "")
        headers = {}
        if written.json_length is not None:
            headers[BINARY_HEADER] = str(written.json_length)
        return Response(written.body, headers=headers, media_type=written.media_type)

    def _loaded(self, request: Request) -> LoadedModel:
        loaded = self._instance.loaded(request.path_params["model"])
        wanted = request.path_params.get("version", loaded.model.version)
        if wanted != loaded.model.version:
            allowed = loaded.model.version
            raise UnknownModelError(f"version: found {wanted[:40]!r}, allowed: {allowed}")
        return loaded


def _described(specs: Sequence[TensorSpec]) -> tuple[MetadataTensor, ...]:
    return tuple(
        MetadataTensor(name=spec.name, datatype=spec.datatype, shape=spec.shape) for spec in specs
    )


def _json(value: object) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")


def _release() -> str:
    """Of this project; unknown where its modules were copied without their metadata."""
    try:
        return version("synergai")
    except PackageNotFoundError:
        return "unknown"
