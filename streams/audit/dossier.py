"""What the topics hold of one request."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from streams.audit.schema import Asked, Ended, Placed, Result, Told


class Dossier:
    """Everything under one identity, in the order of the topics."""

    __slots__ = ("asked", "outcomes", "placed", "results", "told")

    def __init__(self) -> None:
        self.asked: list[Asked] | None = None
        self.outcomes: list[Ended] | None = None
        self.placed: list[Placed] | None = None
        self.told: list[Told] | None = None
        self.results: list[Result] | None = None

    @property
    def replies(self) -> int:
        """Answers of the app, where no function answered."""
        return sum([result.error for result in self.results or ()])

    @property
    def computed(self) -> int:
        """Different attempts that are known to have been computed."""
        said = max([1 + outcome.repeated_compute for outcome in self.outcomes or ()], default=0)
        if len(self.results or ()) <= 1 and len(self.told or ()) <= 1:
            return max(1 if self.results or self.told else 0, said)
        return max(self._answered(), said)

    def _answered(self) -> int:
        """Attempts that came to a result, but not those remembered by a function."""
        by_result = {result.attempt for result in self.results or () if not result.error}
        answered = [told for told in self.told or () if told.verdict == "answered"]
        by_word = {told.attempt for told in answered if not told.repeated}
        by_result -= {told.attempt for told in answered if told.repeated} - by_word
        return len(by_result | by_word)

    def holds(self, topic: str, partition: int, offset: int, attempt: int) -> bool:
        """Whether this attempt's result stands there."""
        for result in self.results or ():
            place = result.place
            if place.offset == offset and place.partition == partition and place.topic == topic:
                return result.attempt == attempt
        return False
