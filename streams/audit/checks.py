"""The rules: what one request's dossier must look like. Pure."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from streams.audit.counting import count
from streams.audit.dossier import Dossier
from streams.audit.schema import Asked, Ended, Finding, FindingKind, Place, Told
from streams.audit.window import Window
from streams.core.book import DEAD

_ROUNDING_S: Final = 0.001
_ONE: Final = "exactly one outcome of every request"


class Check:
    """Judges dossiers of one partition number and counts what is allowed."""

    def __init__(self, number: int, window: Window, decisions: str, latency: str) -> None:
        self.counts: Counter[str] = Counter()
        self._number = number
        self._window = window
        self._topics = {"decision": decisions, "feedback": latency}

    def findings(self, identity: str, dossier: Dossier) -> Iterator[Finding]:
        """Everything that is wrong with one request."""
        count(self.counts, dossier)
        if self._open_lease(dossier):
            self.counts["leases_open"] += 1
        if dossier.asked is None:
            yield from self._unasked(identity, dossier)
            return
        outcomes = dossier.outcomes or []
        yield from self._without_outcome(identity, dossier.asked, outcomes)
        yield from self._second(identity, outcomes)
        if len(outcomes) == 1:
            yield from self._concluded(identity, dossier, outcomes[0])
        yield from self._answers(identity, dossier)

    def _open_lease(self, dossier: Dossier) -> bool:
        """Whether the latest placement may still be answered."""
        if dossier.outcomes or not dossier.placed:
            return False
        latest = max(dossier.placed, key=lambda one: one.attempt)
        ended = any(told.attempt == latest.attempt for told in dossier.told or ())
        return not ended and latest.lease_expiry_s > self._window.now_s

    def _unasked(self, identity: str, dossier: Dossier) -> Iterator[Finding]:
        """Nothing may come of a request that is not there."""
        window, number = self._window, self._number
        outcomes = dossier.outcomes or ()
        placed = dossier.placed or ()
        known = [(one.request_topic, one.request_offset) for one in (*outcomes, *placed)]
        if any(window.is_before(topic, number, offset) for topic, offset in known):
            self.counts["before_window"] += 1
            return
        expected = "a request of this identity in the same partition number"
        for outcome in outcomes:
            found = f"an outcome ({outcome.kind}) of no request"
            place = self._place_of(outcome)
            yield _finding("outcome-without-request", identity, place, found, expected)
        for one in placed:
            place, found = self._place("decision", one.offset), "a decision on no request"
            yield _finding("decision-without-request", identity, place, found, expected)
        yield from self._unasked_answers(identity, dossier, expected)

    def _unasked_answers(self, identity: str, dossier: Dossier, expected: str) -> Iterator[Finding]:
        window = self._window
        for told in dossier.told or ():
            if window.judges(told.append_s):
                place, found = self._place("feedback", told.offset), "feedback on no request"
                yield _finding("feedback-without-request", identity, place, found, expected)
        for result in dossier.results or ():
            if window.judges(result.append_s):
                found = "a result of no request"
                yield _finding("result-without-request", identity, result.place, found, expected)

    def _without_outcome(
        self, identity: str, asked: list[Asked], outcomes: list[Ended]
    ) -> Iterator[Finding]:
        """Of repeats only those that came too late to be recognised need one of their own."""
        forgotten_s = max([one.concluded_s for one in outcomes], default=None)
        waiting = asked[:1]
        if forgotten_s is not None:
            named = {(one.request_topic, one.request_offset) for one in outcomes}
            since_s = forgotten_s + self._window.horizon_s
            waiting = [
                one
                for one in asked
                if one.append_s > since_s and (one.topic, one.offset) not in named
            ][:1]
        for one in waiting:
            yield from self._missing(identity, one)

    def _missing(self, identity: str, asked: Asked) -> Iterator[Finding]:
        window, number = self._window, self._number
        place = Place(asked.topic, number, asked.offset)
        over_s = window.now_s - (asked.expiry_s or asked.append_s)
        if window.is_acknowledged(asked.topic, number, asked.offset):
            found = "no outcome, and the app has acknowledged the request: it is lost"
        elif over_s <= window.settle_s:
            self.counts["open"] += 1
            return
        else:
            found = f"no outcome {over_s:.1f} s after its expiry; no app acknowledged it yet"
        yield _finding("no-outcome", identity, place, found, _ONE)

    def _second(self, identity: str, outcomes: list[Ended]) -> Iterator[Finding]:
        horizon_s = self._window.horizon_s
        for before, outcome in pairwise(outcomes):
            another = (before.request_topic, before.request_offset) != (
                outcome.request_topic,
                outcome.request_offset,
            )
            if another and outcome.accepted_s > before.concluded_s + horizon_s:
                self.counts["asked_again_later"] += 1
                continue
            found = f"{outcome.kind} after {before.kind} at {self._place_of(before)}"
            yield _finding("second-outcome", identity, self._place_of(outcome), found, _ONE)

    def _concluded(self, identity: str, dossier: Dossier, outcome: Ended) -> Iterator[Finding]:
        place = self._place_of(outcome)
        asked = dossier.asked or ()
        at = (outcome.request_topic, outcome.request_offset)
        before = self._window.is_before(at[0], self._number, at[1])
        if not before and all((one.topic, one.offset) != at for one in asked):
            found = f"an outcome that names {at[0]}/{outcome.request_partition}/{at[1]}"
            expected = "the position of a request of this identity"
            yield _finding("outcome-without-request", identity, place, found, expected)
        if self._window.is_fresh(outcome.topic, self._number, outcome.offset):
            self.counts["fresh"] += 1
        elif outcome.instance:
            yield from self._won(identity, dossier, outcome, place)
        elif not before and dossier.replies == 0 and self._window.replies:
            found = f"an outcome ({outcome.kind}, {outcome.reason}) without an answer"
            yield _finding("no-reply", identity, place, found, "an error on the results topic")

    def _won(
        self, identity: str, dossier: Dossier, outcome: Ended, place: Place
    ) -> Iterator[Finding]:
        """The first answer wins, and its result is there."""
        final = [told for told in dossier.told or () if told.final]
        winner = next((told for told in final if _same(told, outcome)), None)
        said = f"attempt {outcome.attempt} on {outcome.instance}"
        if winner is None:
            others = ", ".join(f"attempt {told.attempt}" for told in final) or "none"
            found = f"an outcome by {said}; attempts that reported an end: {others}"
            expected = "feedback of the winning attempt"
            yield _finding("winner-without-feedback", identity, place, found, expected)
        elif winner is not final[0]:
            found = f"an outcome by {said}, answered later than attempt {final[0].attempt}"
            yield _finding("wrong-winner", identity, place, found, "the first answer")
        elif (wrong := _wrong_kind(outcome, winner)) is not None:
            yield _finding("wrong-kind", identity, place, *wrong)
        if outcome.result_offset >= 0:
            yield from self._result(identity, dossier, outcome, place)
        elif dossier.replies == 0 and self._window.replies:
            found = f"an outcome ({outcome.kind}, {outcome.reason}) without an answer"
            yield _finding("no-reply", identity, place, found, "an answer on the results topic")

    def _result(
        self, identity: str, dossier: Dossier, outcome: Ended, place: Place
    ) -> Iterator[Finding]:
        topic, partition = outcome.result_topic, outcome.result_partition
        if topic not in self._window.replies:
            self.counts["results_elsewhere"] += 1
        elif not dossier.holds(topic, partition, outcome.result_offset, outcome.attempt):
            named = Place(topic, partition, outcome.result_offset)
            found = f"no result of attempt {outcome.attempt} at {named}, where the outcome says"
            expected = "the result of the winning attempt"
            yield _finding("winner-without-result", identity, place, found, expected)

    def _answers(self, identity: str, dossier: Dossier) -> Iterator[Finding]:
        if dossier.replies > max(1, len(dossier.outcomes or ())):
            place = [result.place for result in dossier.results or () if result.error][1]
            found = f"{dossier.replies} replies of the app"
            yield _finding("second-reply", identity, place, found, "one per outcome")
        for told in dossier.told or ():
            topic, partition, offset = told.result_topic, told.result_partition, told.result_offset
            if offset < 0 or topic not in self._window.replies:
                continue
            if not dossier.holds(topic, partition, offset, told.attempt):
                found = f"feedback on a result at {Place(topic, partition, offset)}, not there"
                place, expected = self._place("feedback", told.offset), "the result it names"
                yield _finding("answer-without-result", identity, place, found, expected)

    def _place(self, what: str, offset: int) -> Place:
        return Place(self._topics[what], self._number, offset)

    def _place_of(self, outcome: Ended) -> Place:
        return Place(outcome.topic, self._number, outcome.offset)


def needs_letter(outcome: Ended) -> bool:
    """Whether its bytes matter, so that a dead letter keeps them."""
    return outcome.kind == "failed" or outcome.reason in DEAD


def _same(told: Told, outcome: Ended) -> bool:
    """The feedback that the outcome was made of; two answers of one attempt differ by result."""
    named = (told.attempt, told.result_topic, told.result_partition, told.result_offset)
    return named == (
        outcome.attempt,
        outcome.result_topic,
        outcome.result_partition,
        outcome.result_offset,
    )


def _wrong_kind(outcome: Ended, winner: Told) -> tuple[str, str] | None:
    """Met or late is a matter of two append times and the budget."""
    excess_s = winner.append_s - outcome.accepted_s - outcome.budget_s
    if winner.verdict != "answered" or abs(excess_s) <= _ROUNDING_S:
        return None
    expected = "late" if excess_s > 0 else "met"
    if outcome.kind == expected:
        return None
    return f"{outcome.kind}, answered {excess_s:+.3f} s from its deadline", expected


def _finding(kind: FindingKind, identity: str, place: Place, found: str, expected: str) -> Finding:
    return Finding(kind=kind, identity=identity, place=place, found=found, expected=expected)
