"""Joins results and outcomes of the requests under way; keeps the winning attempt only. No I/O."""

from collections.abc import Iterable

from streams.client.answer import Answer, Result, joined
from streams.schema import Outcome


class Inbox:
    """Results and outcomes come in any order, those of strangers too. Not thread-safe."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._results: dict[str, list[Result]] = {}
        self._outcomes: dict[str, Outcome] = {}

    def __contains__(self, request_id: str) -> bool:
        """Whether the request is under way."""
        return request_id in self._results

    def expect(self, request_id: str) -> None:
        """A request is about to be sent."""
        self._results[request_id] = []

    def forget(self, request_ids: Iterable[str]) -> None:
        """No answer is wanted any more."""
        for request_id in request_ids:
            self._results.pop(request_id, None)
            self._outcomes.pop(request_id, None)

    def result(self, request_id: str, result: Result) -> Answer | None:
        """A result came; the answer if the outcome had named it."""
        if request_id not in self._results:
            return None
        self._results[request_id].append(result)
        outcome = self._outcomes.get(request_id)
        return self._answer(outcome) if outcome else None

    def outcome(self, outcome: Outcome) -> Answer | None:
        """An outcome came; the answer unless its result is still to be read."""
        known = outcome.request_id in self._results
        if not known or outcome.source != self._source:
            return None
        self._outcomes[outcome.request_id] = outcome
        return self._answer(outcome)

    def _answer(self, outcome: Outcome) -> Answer | None:
        results = self._results[outcome.request_id]
        if outcome.result_offset < 0:
            winner = None  # no function answered: the outcome says all there is to say
        else:
            winner = next((each for each in results if _wins(each, outcome)), None)
            if winner is None:
                return None
        self.forget([outcome.request_id])
        return joined(outcome, winner)


def _wins(result: Result, outcome: Outcome) -> bool:
    place = (outcome.result_topic, outcome.result_partition, outcome.result_offset)
    return (result.topic, result.partition, result.offset) == place
