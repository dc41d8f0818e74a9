"""What functions report: the first answer concludes, the rest corrects estimates."""

import msgspec

from functions.cloudevents import STRUCTURED, from_kafka
from functions.errors import MalformedEventError
from functions.schema import Feedback
from scheduler.types import Completion
from streams.core import outcomes
from streams.core.again import Again
from streams.core.book import Book
from streams.core.gate import Gate
from streams.core.life import Life, Stage
from streams.core.partition import Partition, Report, acknowledge
from streams.core.tracker import Seen
from streams.ports import Effect, Record

_decode = msgspec.json.Decoder(Feedback).decode


class Answers:
    """Feedback is acknowledged when its outcome is committed, or at once if it changes nothing."""

    def __init__(self, book: Book, again: Again, gate: Gate) -> None:
        self._book = book
        self._gate = gate
        self._again = again

    def take(self, part: Partition, record: Record, now_s: float) -> list[Effect]:
        """A record of the latency topic."""
        part.read(record, now_s)
        tracker = part.tracker(record.topic)
        seen = tracker.begin(record.offset)
        if seen is not Seen.NEW:
            return [*acknowledge(tracker)] if seen is Seen.DONE else []
        feedback = read(record)
        if feedback is None:
            return [*self._book.done([(tracker, record.offset)])]
        self._learn(feedback, now_s)
        report = Report(feedback, record.append_s, tracker, record.offset, len(record.value))
        return self.apply(part, report, now_s)

    def apply(self, part: Partition, report: Report, now_s: float) -> list[Effect]:
        """What an attempt's end means for its request."""
        feedback = report.feedback
        life = part.lives.get(feedback.identity)
        if life is not None and life.open:
            return self._end(life, report, now_s)
        if life is None and feedback.identity not in self._book.memory:
            return self._keep(part, report, now_s)
        self._note_end(feedback, life)
        return [*self._book.done([(report.tracker, report.offset)])]

    def _end(self, life: Life, report: Report, now_s: float) -> list[Effect]:
        feedback, append_s = report.feedback, report.append_s
        self._note_end(feedback, life)
        final = feedback.verdict == "answered" or (
            feedback.verdict == "failed" and feedback.permanent
        )
        if final:
            life.positions.append((report.tracker, report.offset))
            self._observe_hop(life, report)
            build = outcomes.answered if feedback.verdict == "answered" else outcomes.failed
            failed = build is outcomes.failed
            return self._book.conclude(
                life,
                build(life, feedback, append_s),
                reply=failed and feedback.result_offset < 0,
                letter=failed,
            )
        effects = self._not_yet(life, feedback, now_s)
        if life.open:
            return [*effects, *self._book.done([(report.tracker, report.offset)])]
        life.positions.append((report.tracker, report.offset))
        return effects

    def _not_yet(self, life: Life, feedback: Feedback, now_s: float) -> list[Effect]:
        """Skipped or failed for now: only the latest attempt's word counts."""
        if feedback.attempt > life.number:
            life.number = feedback.attempt
            self._book.desk.withdrawn(life)
        elif feedback.attempt < life.number or life.stage is not Stage.PLACED:
            return []
        reason = feedback.reason or feedback.verdict
        message = feedback.message or f"attempt {feedback.attempt} was {feedback.verdict}"
        if feedback.verdict == "skipped":
            return self._again.not_begun(life, now_s, reason=reason, message=message)
        said_s = feedback.retry_after_s or 0.0
        return self._again.failed_for_now(
            life, now_s, reason=reason, message=message, said_s=said_s
        )

    def _keep(self, part: Partition, report: Report, now_s: float) -> list[Effect]:
        crowded_out = part.keep_early(report, now_s, self._book.settings.queue_limit)
        return [*self._book.done((old.tracker, old.offset) for old in crowded_out)]

    def _note_end(self, feedback: Feedback, life: Life | None) -> None:
        if life is None:
            self._book.memory.answered(feedback.identity, feedback.attempt)
            self._book.slots.ended(feedback.instance)
            return
        attempt = life.attempts.get(feedback.attempt)
        if attempt is not None and not attempt.ended:
            attempt.ended = True
            self._book.slots.released(attempt)

    def _observe_hop(self, life: Life, report: Report) -> None:
        feedback = report.feedback
        attempt = life.attempts.get(feedback.attempt)
        if attempt is None or attempt.pool != feedback.pool or feedback.cold or feedback.repeated:
            return
        size_bytes = life.accepted.payload_bytes if life.accepted else 0
        timing = feedback.timing
        spent_s = report.append_s - attempt.placed_s
        spent_s -= timing.queue_s + timing.service_s
        self._book.hops[attempt.pool].observe(spent_s, size_bytes)

    def _learn(self, feedback: Feedback, now_s: float) -> None:
        """Every computation corrects the estimates, whoever won."""
        if feedback.verdict == "skipped" or feedback.repeated:
            return
        pool = self._book.slots.declared.get(feedback.pool)
        if pool is None or feedback.model not in pool.models:
            return  # nobody asked for it, and what is learnt is kept
        self._gate.served(feedback.model, now_s)
        self._book.desk.completed(
            Completion(
                key=feedback.identity,
                model=feedback.model,
                pool=feedback.pool,
                configuration=feedback.configuration,
                service_s=feedback.timing.service_s,
                batch=feedback.batch,
                answered=feedback.verdict == "answered",
            )
        )


def read(record: Record) -> Feedback | None:
    """The feedback in a record; None if there is none that can be read."""
    try:
        return _decode(_data(record))
    except (msgspec.DecodeError, MalformedEventError, UnicodeDecodeError, RecursionError):
        return None


def _data(record: Record) -> bytes:
    for name, raw in record.headers:
        if name.lower() == "content-type" and raw.startswith(STRUCTURED.encode()):
            return from_kafka(record.headers, record.value).data
    return record.value
