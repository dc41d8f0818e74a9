"""What an audit counts of each request. Pure; most requests have one record of each kind."""

from collections import Counter

from streams.audit.dossier import Dossier


def count(counts: Counter[str], dossier: Dossier) -> None:
    """Add one request's records to ``counts``."""
    if dossier.asked is not None:
        counts["requests"] += 1
        if len(dossier.asked) > 1:
            counts["repeats"] += len(dossier.asked) - 1
    for outcome in dossier.outcomes or ():
        counts["outcomes"] += 1
        counts[outcome.kind] += 1
    if dossier.told is not None:
        counts["feedback"] += len(dossier.told)
    if dossier.results is not None:
        replies = dossier.replies
        counts["results"] += len(dossier.results) - replies
        if replies:
            counts["replies"] += replies
    _attempts(counts, dossier)


def _attempts(counts: Counter[str], dossier: Dossier) -> None:
    placed, told = dossier.placed or (), dossier.told or ()
    if len(placed) == len(told) == 1 and placed[0].attempt == told[0].attempt:
        counts["placements"] += 1
        if dossier.computed > 1:
            counts["computed_again"] += 1
        return
    attempts = {one.attempt for one in placed}
    counts["placements"] += len(attempts)
    counts["placements_told_twice"] += len(placed) - len(attempts)
    answered = {one.attempt for one in told if one.verdict == "answered"}
    counts["placements_untold"] += len(answered - attempts)
    counts["computed_again"] += dossier.computed > 1
