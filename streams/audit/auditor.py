"""Records in, findings out. Pure: whoever reads the topics shows them in this order.

First all results and dead letters, which stand in partitions of their own; then, one partition
number after the other, a `Gathering` is filled and closed.
"""

from streams.audit.answers import Answers, Letters
from streams.audit.checks import Check
from streams.audit.gathering import Gathering
from streams.audit.naming import Namer
from streams.audit.partition import judge, judge_letters
from streams.audit.places import Places
from streams.audit.schema import Report
from streams.audit.summary import Summary
from streams.audit.window import Window
from streams.requests import Reader


class Auditor:
    """One audit."""

    def __init__(self, where: Places, window: Window, reader: Reader) -> None:
        self.answers = Answers()
        self.letters = Letters()
        self._where = where
        self._window = window
        self._namer = Namer(reader)
        self._summary = Summary()

    def begin(self, number: int) -> Gathering:
        """A partition number, to be shown its records."""
        return Gathering(number, self._namer)

    def close(self, gathering: Gathering) -> None:
        """Everything of this partition number was shown: judge it and forget it."""
        number, summary, window = gathering.number, self._summary, self._window
        gathering.results(self.answers.of.pop(number, ()))
        gathering.adopt(self.answers)
        check = Check(number, window, self._where.decisions, self._where.latency)
        summary.add(judge(gathering, check))
        summary.add(judge_letters(gathering, self.letters.of.pop(number, ()), window))
        summary.asked(gathering)
        summary.count(check.counts)

    def report(self) -> Report:
        """After the last partition number."""
        self._summary.leftover(self.answers, self.letters, self._window)
        return self._summary.report()
