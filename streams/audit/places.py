"""Which topics an audit reads."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from streams.errors import StreamsError
from streams.settings import Settings
from streams.topics import HOW_TO_CREATE, Topics


class Places(NamedTuple):
    """Topics of one deployment that are there."""

    requests: dict[str, str]
    """Topic to tenant."""
    outcomes: list[str]
    results: list[str]
    """And every topic that ``replytopic`` may name."""
    letters: list[str]
    decisions: str
    latency: str
    group: str

    @property
    def topics(self) -> list[str]:
        """All of them."""
        return [
            *self.requests,
            *self.outcomes,
            *self.results,
            *self.letters,
            self.decisions,
            self.latency,
        ]


def places(settings: Settings, present: Iterable[str]) -> Places:
    """All tenants that have topics, whether the settings name them or not.

    Raises:
        StreamsError: there are no requests topics under this prefix.
    """
    topics, there = Topics(settings), set(present)
    form = re.compile(re.escape(settings.topic_prefix) + r"\.([a-z0-9-]+)\.requests")
    tenants = sorted(match[1] for topic in there if (match := form.fullmatch(topic)))
    if not tenants:
        wanted = f"{settings.topic_prefix}.<tenant>.requests"
        raise StreamsError(f"topics: found none named {wanted}; {HOW_TO_CREATE}")
    named = {
        name: [topic for tenant in tenants if (topic := topics.tenant(tenant, name)) in there]
        for name in ("outcomes", "results", "dlq")
    }
    others = [topic for topic in settings.reply_topics if topic in there]
    return Places(
        requests={topics.tenant(tenant, "requests"): tenant for tenant in tenants},
        outcomes=named["outcomes"],
        results=[*named["results"], *(each for each in others if each not in named["results"])],
        letters=named["dlq"],
        decisions=topics.system("decisions"),
        latency=topics.system("latency"),
        group=topics.group,
    )
