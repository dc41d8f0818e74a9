"""How long a request is of use. Pure."""

from streams.replay.schema import Entry
from streams.settings import Settings


def life(entry: Entry, settings: Settings) -> tuple[float, float]:
    """Budget and whole life in seconds, as the app gives them."""
    budget_s, life_s = entry.budget_s, entry.expiry_s
    if budget_s is None:
        fallback = settings.default_budget_s
        budget_s = fallback if life_s is None else min(fallback, life_s)
    life_s = budget_s + settings.grace_s if life_s is None else life_s
    life_s = min(life_s, settings.longest_life_s)
    return min(budget_s, life_s), life_s
