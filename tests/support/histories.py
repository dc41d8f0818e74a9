"""Histories as the topics hold them: written by the code that writes the real ones."""

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

import msgspec

from functions.cloudevents import CloudEvent, to_kafka
from functions.rfc3339 import render
from functions.schema import FEEDBACK_TYPE, RESULT_TYPE, Feedback, Timing
from streams.audit.auditor import Auditor
from streams.audit.places import Places, places
from streams.audit.schema import Report
from streams.audit.window import Window
from streams.core.life import Attempt, Life
from streams.core.outcomes import answered, failed, unanswered
from streams.core.records import Records
from streams.ports import Outgoing, Record
from streams.requests import Accepted, Reader
from streams.schema import Choice, Decision, Outcome
from streams.settings import Settings
from streams.topics import Topics

START_S = 1_800_000_000.0
STEP_S = 0.001
ARCHITECTURE = "jetson"
CONFIGURATION = "onnxruntime-fp32-t1-b1"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One request of a history."""

    record: Record
    tenant: str
    life: Life

    @property
    def identity(self) -> str:
        """As the app names it."""
        return self.life.identity


class History:
    """Appends in order; every record gets the next offset of its partition and the time."""

    def __init__(
        self, prefix: str = "synergai", partitions: int = 2, start_s: float = START_S, **fields: Any
    ) -> None:
        self.settings = Settings(topic_prefix=prefix, partitions=partitions, **fields)
        self.topics = Topics(self.settings)
        self.now_s = round(start_s, 3)
        self.log: list[Record] = []
        self._reader = Reader(self.settings, self.topics)
        self._records = Records(self.settings, self.topics)
        self._offsets: dict[tuple[str, int], Iterator[int]] = {}
        self._ids = count(1)

    def append(self, record: Outgoing, partition: int | None = None) -> Record:
        """One record, at the present time."""
        number = record.partition if partition is None else partition
        number = 0 if number is None else number
        offsets = self._offsets.setdefault((record.topic, number), count())
        appended = Record(
            topic=record.topic, partition=number, offset=next(offsets),
            append_s=round(self.now_s, 3), key=record.key, headers=record.headers,
            value=record.value,
        )  # fmt: skip
        self.log.append(appended)
        self.now_s += STEP_S
        return appended

    def ask(
        self, partition: int = 0, *, tenant: str = "default", name: str = "", budget_s: float = 1.0,
        life_s: float = 5.0, source: str = "/test", **headers: str,
    ) -> Asked:  # fmt: skip
        """A request appears."""
        attributes = {
            "specversion": "1.0", "id": name or f"r{next(self._ids)}", "source": source,
            "type": "org.synergai.request.submitted.v1", "subject": "m",
            "time": render(self.now_s), "deadline": render(self.now_s + budget_s),
            "expirytime": render(self.now_s + life_s), **headers,
        }  # fmt: skip
        record = self.append(
            Outgoing(
                topic=self.topics.tenant(tenant, "requests"), key=attributes["id"].encode(),
                headers=tuple((f"ce_{k}", v.encode()) for k, v in attributes.items() if v),
                value=b"input", partition=partition,
            )
        )  # fmt: skip
        return self._begun(tenant, record)

    def again(self, asked: Asked) -> Asked:
        """The producer sends it once more."""
        record = asked.record
        sent = Outgoing(
            topic=record.topic, key=record.key, headers=record.headers, value=record.value
        )
        return self._begun(asked.tenant, self.append(sent, record.partition))

    def place(
        self, asked: Asked, *, pool: str = "edge", lease_s: float = 1.0, **fields: Any
    ) -> Decision:
        """The next attempt: its decision."""
        life, record = asked.life, asked.record
        number = life.number + 1
        attempt = Attempt(
            life.identity, number, pool=pool, architecture=ARCHITECTURE,
            configuration=CONFIGURATION, placed_s=self.now_s, lease_s=self.now_s + lease_s,
            predicted_s=0.02, service_s=0.01,
        )  # fmt: skip
        life.number, life.attempts[number] = number, attempt
        given: dict[str, Any] = {
            "identity": life.identity, "request_id": life.envelope.request_id,
            "tenant": asked.tenant, "model": "m", "attempt": number, "pool": pool,
            "architecture": ARCHITECTURE, "configuration": CONFIGURATION, "policy": "synergai",
            "profiles": "p1", "reason": "least-cost", "received_s": life.received_s,
            "placed_s": self.now_s,
            "lease_expiry_s": attempt.lease_s, "predicted_s": 0.02, "slack_s": 0.5,
            "candidates": (
                Choice(
                    pool=pool, architecture=ARCHITECTURE, configuration=CONFIGURATION,
                    latency_s=0.02, slack_s=0.5, service_s=0.01,
                ),
            ),
            "request_topic": record.topic, "request_partition": record.partition,
            "request_offset": record.offset,
        }  # fmt: skip
        decision = Decision(**given | fields)
        self.append(self._records.decision(decision))
        return decision

    def answer(
        self, asked: Asked, attempt: int = 1, *, partition: int = 0, result: Record | None = None,
        **fields: Any,
    ) -> tuple[Record, Record]:  # fmt: skip
        """Result and feedback of an attempt; ``result`` given: feedback alone."""
        result = result or self.result(asked, attempt, partition=partition)
        place = {
            "result_topic": result.topic, "result_partition": result.partition,
            "result_offset": result.offset,
        }  # fmt: skip
        return result, self.tell(asked, attempt, **place | fields)

    def result(self, asked: Asked, attempt: int = 1, *, partition: int = 0) -> Record:
        """The result of an attempt."""
        envelope = asked.life.envelope
        event = CloudEvent(
            id=f"{asked.identity}/result/{attempt}", source="/synergai/edge/edge-1",
            type=RESULT_TYPE, subject="m", datacontenttype="application/json",
            extensions={
                "correlationid": envelope.request_id, "identity": asked.identity,
                "attempt": str(attempt), "pool": "edge", "architecture": ARCHITECTURE,
                "configuration": CONFIGURATION,
            },
            data=b'{"model_name":"m","outputs":[]}',
        )  # fmt: skip
        headers, value = to_kafka(event)
        topic = self.topics.tenant(asked.tenant, "results")
        key = envelope.request_id.encode()
        return self.append(Outgoing(topic=topic, key=key, headers=headers, value=value), partition)

    def tell(self, asked: Asked, attempt: int = 1, **fields: Any) -> Record:
        """Feedback of an attempt."""
        life = asked.life
        given: dict[str, Any] = {
            "identity": asked.identity, "request_id": life.envelope.request_id,
            "tenant": asked.tenant, "attempt": attempt, "model": "m",
            "pool": life.attempts[attempt].pool if attempt in life.attempts else "edge",
            "architecture": ARCHITECTURE, "configuration": CONFIGURATION, "instance": "edge-1",
            "verdict": "answered", "timing": Timing(compute_s=0.01), "permanent": False,
        }  # fmt: skip
        feedback = Feedback(**given | fields)
        event = CloudEvent(
            id=f"{asked.identity}/feedback/{attempt}", source="/synergai/edge/edge-1",
            type=FEEDBACK_TYPE, subject="m", datacontenttype="application/json",
            data=msgspec.json.encode(feedback),
        )  # fmt: skip
        headers, value = to_kafka(event)
        return self.append(
            Outgoing(
                topic=self.topics.system("latency"), key=feedback.request_id.encode(),
                headers=headers, value=value, partition=asked.record.partition,
            )
        )  # fmt: skip

    def conclude(self, asked: Asked, told: Record, **fields: Any) -> Outcome:
        """The outcome that feedback leads to, with all that belongs to it."""
        feedback = msgspec.json.decode(told.value, type=Feedback)
        build = answered if feedback.verdict == "answered" else failed
        return self.end(asked, build(asked.life, feedback, told.append_s), **fields)

    def give_up(self, asked: Asked, kind: Any, reason: str, message: str = "why") -> Outcome:
        """The app's own outcome."""
        given = unanswered(asked.life, self.now_s, kind=kind, reason=reason, message=message)
        return self.end(asked, given)

    def end(self, asked: Asked, outcome: Outcome, **fields: Any) -> Outcome:
        """Outcome, error reply and dead letter, as they are due."""
        outcome = msgspec.structs.replace(outcome, **fields)
        dead = {"malformed", "oversized", "unsupported", "unknown-model"}
        letter = outcome.kind == "failed" or outcome.reason in dead
        reply = outcome.result_offset < 0
        for record in self._records.conclusion(asked.life, outcome, reply=reply, letter=letter):
            self.append(record)
        return outcome

    def where(self) -> Places:
        """The topics of the table."""
        return places(self.settings, [row.name for row in self.topics.table()])

    def _begun(self, tenant: str, record: Record) -> Asked:
        found = self._reader.read(tenant, record)
        accepted = found if isinstance(found, Accepted) else None
        return Asked(record=record, tenant=tenant, life=Life(found.envelope, accepted, self.now_s))


def straight(history: History, partition: int = 0, **fields: Any) -> Asked:
    """A request that is placed, answered and met."""
    asked = history.ask(partition, **fields)
    history.place(asked)
    _, told = history.answer(asked)
    history.conclude(asked, told)
    return asked


def varied(history: History) -> list[Asked]:
    """One request of each kind of life; all is well with every one of them."""
    met = straight(history)
    history.again(met)
    late = history.ask(1, budget_s=0.001, life_s=20.0)
    history.place(late)
    history.now_s += 2.0
    history.place(late, pool="spare")
    history.answer(late, 2)
    _, second = history.answer(late, 1, partition=1)
    told = next(each for each in history.log if each.topic == second.topic and _by(each, late, 2))
    history.conclude(late, told)
    skipped = history.ask()
    history.place(skipped)
    history.tell(skipped, 1, verdict="skipped", reason="lease-over")
    expired = history.ask(1)
    history.place(expired)
    history.now_s += 10.0
    history.give_up(skipped, "expired", "expired")
    history.give_up(expired, "expired", "expired")
    refused = history.ask(specversion="7")
    history.give_up(refused, "rejected", "malformed")
    broken = history.ask(1)
    history.place(broken)
    bad = history.tell(broken, verdict="failed", reason="bad-input", permanent=True)
    history.conclude(broken, bad)
    return [met, late, skipped, expired, refused, broken]


def audited(history: History, log: Iterable[Record] | None = None, **window: Any) -> Report:
    """What the pure audit says of these records."""
    records = list(history.log if log is None else log)
    where = history.where()
    given = {"now_s": history.now_s + 60.0, "replies": frozenset(where.results), **window}
    auditor = Auditor(where, Window(**given), Reader(history.settings, history.topics))
    for topic in where.results:
        auditor.answers.take(each for each in records if each.topic == topic)
    for topic in where.letters:
        auditor.letters.take(each for each in records if each.topic == topic)
    for number in range(history.settings.partitions):
        mine = [each for each in records if each.partition == number]
        gathering = auditor.begin(number)
        gathering.outcomes(each for each in mine if each.topic in where.outcomes)
        gathering.decisions(each for each in mine if each.topic == where.decisions)
        gathering.feedback(each for each in mine if each.topic == where.latency)
        for topic, tenant in where.requests.items():
            gathering.requests(tenant, [each for each in mine if each.topic == topic])
        auditor.close(gathering)
    return auditor.report()


def _by(record: Record, asked: Asked, attempt: int) -> bool:
    feedback = msgspec.json.decode(record.value, type=Feedback)
    return feedback.identity == asked.identity and feedback.attempt == attempt
