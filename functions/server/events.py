"""``POST /``: CloudEvents, placed by the app or posted by hand."""

import uuid

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from functions.cloudevents import CloudEvent, from_http, to_http
from functions.engine.job import Job
from functions.oip.schema import BINARY_EXTENSION, BINARY_HEADER
from functions.reporting.ports import Report, Reporter
from functions.server import body, outgoing
from functions.server.asked import from_event
from functions.server.delivery import Delivery
from functions.server.instance import Instance
from functions.server.placement import by_hand, placement
from functions.server.written import write


class EventRoute:
    """Placements are answered over Kafka, with 200 for every verdict; others in the response."""

    def __init__(self, instance: Instance, reporter: Reporter | None) -> None:
        """``reporter`` None: no Kafka; everything is answered in the response."""
        self._instance, self._reporter = instance, reporter
        self._delivery = Delivery(instance, reporter) if reporter else None

    async def post(self, request: Request) -> Response:
        """Take one event."""
        event = await _event(request)
        headers = placement(event)
        if headers is None or self._delivery is None:
            return await self._answer(event)
        await self._delivery.deliver(event, headers)
        return Response(status_code=200)

    async def _answer(self, event: CloudEvent) -> Response:
        instance = self._instance
        instance.check_open()
        now_s = instance.clock()
        times = by_hand(event, now_s)
        loaded = instance.loaded(event.subject)
        event = await instance.claims.resolved(event, times.useless_after_s - now_s)
        asked = from_event(loaded, event)
        key = f"http/{uuid.uuid4()}"
        job = Job(
            model=event.subject, work=asked.work, arrived_s=now_s, key=key,
            deadline_s=times.deadline_s, useless_after_s=times.useless_after_s,
        )  # fmt: skip
        with instance.held(key, 0, job.model):
            done = await instance.compute(job)
        written = write(asked, done, event.id)
        answer = outgoing.result(instance.settings, event, written, key, 0)
        await self._reply(event, answer)
        headers, data = to_http(answer)
        return Response(data, headers=headers)

    async def _reply(self, event: CloudEvent, answer: CloudEvent) -> None:
        topic = event.extension("replytopic")
        if self._reporter is not None and topic:
            await self._reporter.send(Report(topic=topic, key=event.id.encode(), event=answer))


async def _event(request: Request) -> CloudEvent:
    event = from_http(request.headers.items(), await body.read(request))
    plain = {BINARY_EXTENSION: BINARY_HEADER, "traceparent": "traceparent"}
    given = {ours: request.headers[name] for ours, name in plain.items() if name in request.headers}
    return msgspec.structs.replace(event, extensions={**given, **event.extensions})
