"""All routes of an instance as one ASGI application."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from functions.reporting.ports import Reporter
from functions.server.events import EventRoute
from functions.server.inference import InferenceRoutes
from functions.server.instance import Instance
from functions.server.refusals import HANDLERS

_UNREADY = 503


def application(instance: Instance, reporter: Reporter | None) -> Starlette:
    """The application; ``reporter`` None: no Kafka, everything is answered in the response."""
    routes: list[BaseRoute] = [
        Route("/", EventRoute(instance, reporter).post, methods=["POST"]),
        *InferenceRoutes(instance).routes(),
        *_observed(instance),
    ]
    return Starlette(routes=routes, exception_handlers=dict(HANDLERS))


def _observed(instance: Instance) -> list[BaseRoute]:
    async def live(_: Request) -> Response:
        return Response()

    async def ready(_: Request) -> Response:
        return Response(status_code=200 if instance.ready else _UNREADY)

    async def metrics(_: Request) -> Response:
        text = generate_latest(instance.metrics.registry)
        return Response(text, headers={"content-type": CONTENT_TYPE_LATEST})

    probes = [(f"{at}/health/{name}", probe) for at in ("", "/v2") for name, probe in (
        ("live", live), ("ready", ready),
    )]  # fmt: skip
    return [Route("/metrics", metrics), *(Route(path, probe) for path, probe in probes)]
