"""Placements: computed once, the result acknowledged, then the feedback, whatever the verdict."""

from collections import OrderedDict
from functools import partial
from typing import NamedTuple

from functions.cloudevents import CloudEvent
from functions.engine.job import Done, Job, RefusedError, SkippedError
from functions.engine.repeats import Repeats
from functions.errors import AnswerError, PermanentError, TemporaryError
from functions.reporting.ports import Receipt, Report, Reporter
from functions.schema import PlacementHeaders
from functions.server import outgoing
from functions.server.asked import Asked, from_event
from functions.server.instance import Instance
from functions.server.outgoing import Ended
from functions.server.placement import placed
from functions.server.written import write


class _Computed(NamedTuple):
    asked: Asked
    done: Done
    repeated: bool


class Delivery:
    """Serves placements. A repeat of an attempt that is under way joins it."""

    def __init__(self, instance: Instance, reporter: Reporter) -> None:
        self._instance, self._reporter = instance, reporter
        self._settings = instance.settings
        self._under_way: Repeats[None] = Repeats(0)
        self._answers: Repeats[Done] = Repeats(self._settings.answers_kept)
        self._receipts: OrderedDict[tuple[str, int], Receipt] = OrderedDict()

    async def deliver(self, event: CloudEvent, headers: PlacementHeaders) -> None:
        """Compute, publish, report; returns when the feedback is acknowledged.

        Raises:
            TemporaryError: starting, draining, queue full, or Kafka does not take it now.
            MalformedEventError: a time in the headers is none.
        """
        self._instance.check_open()
        attempt = f"{headers.attempt} {headers.identity}"
        await self._under_way.once(attempt, partial(self._once, event, headers))

    async def _once(self, event: CloudEvent, headers: PlacementHeaders) -> None:
        with self._instance.held(headers.identity, headers.attempt, event.subject):
            found = await self._compute(event, headers)
            receipt = None
            if not isinstance(found, Ended):
                found, receipt = await self._publish(event, headers, found)
            report = outgoing.feedback(self._settings, event, headers, found, receipt)
            await self._reporter.send(report)

    async def _compute(self, event: CloudEvent, headers: PlacementHeaders) -> _Computed | Ended:
        now_s = self._instance.clock()
        times = placed(event, headers, self._reporter.broker_time_s(), now_s)
        try:
            loaded = self._instance.loaded(event.subject)
            event = await self._instance.claims.resolved(event, times.useless_after_s - now_s)
            asked = from_event(loaded, event)
            job = Job(
                model=event.subject, work=asked.work, arrived_s=now_s, key=headers.identity,
                deadline_s=times.deadline_s, useless_after_s=times.useless_after_s,
                together=headers.batchsize,
            )  # fmt: skip
            compute = partial(self._instance.compute, job)
            done, repeated = await self._answers.once(headers.identity, compute)
        except RefusedError:
            raise
        except (SkippedError, PermanentError, TemporaryError) as error:
            return outgoing.failed(error)
        return _Computed(asked, done, repeated)

    async def _publish(
        self, event: CloudEvent, headers: PlacementHeaders, found: _Computed
    ) -> tuple[Ended, Receipt | None]:
        """Append the result, unless this very attempt's is there already."""
        begun_s = self._instance.clock()
        try:
            receipt = await self._receipt(event, headers, found)
        except AnswerError as error:
            return outgoing.failed(error), None
        except PermanentError as error:
            return outgoing.failed(error, "result-refused"), None
        publish_s = self._instance.clock() - begun_s
        return outgoing.answered(found.done, publish_s, repeated=found.repeated), receipt

    async def _receipt(
        self, event: CloudEvent, headers: PlacementHeaders, found: _Computed
    ) -> Receipt:
        key = (headers.identity, headers.attempt)
        if key in self._receipts:
            return self._receipts[key]
        written = write(found.asked, found.done, event.id)
        report = Report(
            topic=headers.replytopic, partition=headers.replypartition, key=event.id.encode(),
            event=outgoing.result(self._settings, event, written, *key),
        )  # fmt: skip
        self._receipts[key] = receipt = await self._reporter.send(report)
        while len(self._receipts) > self._settings.answers_kept:
            self._receipts.popitem(last=False)
        return receipt
