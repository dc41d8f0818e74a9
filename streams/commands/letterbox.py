"""The dlq topic of a tenant, by the options of a command."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from streams.commands.connection import found_bootstrap, quiet
from streams.deadletters.box import Reading, Sending, delete_before
from streams.deadletters.chosen import Entry, Found, found, purged_before
from streams.deadletters.letter import Letter
from streams.deadletters.redrive import check
from streams.ports import Outgoing
from streams.settings import from_environment
from streams.topics import HEADROOM_BYTES, Topics


class Letterbox:
    """Where a tenant's dead letters lie, and where its requests go."""

    def __init__(self, tenant: str, prefix: str | None, bootstrap: str | None) -> None:
        quiet()
        self._settings = from_environment(topic_prefix=prefix)
        topics = Topics(self._settings)
        self.topic = topics.tenant(tenant, "dlq")
        self._requests = topics.tenant(tenant, "requests")
        self._bootstrap = found_bootstrap(bootstrap)
        self._partitions = 0

    @contextmanager
    def reading(self) -> Iterator[tuple[Reading, Found]]:
        """The topic and what lies on it; what is no dead letter is said on standard error."""
        with Reading(self._bootstrap, self.topic) as reading:
            letters = found(reading.records())
            for line in letters.unreadable:
                click.echo(f"no dead letter: {line}", err=True)
            yield reading, letters

    @contextmanager
    def sending(self) -> Iterator[Sending]:
        """A producer that shuts out any other redrive or purge of this tenant."""
        room = self._settings.max_request_bytes + HEADROOM_BYTES
        with Sending(self._bootstrap, self.topic, room) as sending:
            self._partitions = sending.partitions(self._requests)
            yield sending

    def check(self, letter: Letter, request: Outgoing) -> None:
        """Refuse what the topic of requests would refuse.

        Raises:
            CannotRedriveError: names what was found and what is allowed.
        """
        limit = self._settings.max_request_bytes
        check(letter, request, self._requests, self._partitions, limit)

    def delete_front(
        self, there: Found, purged: Sequence[Entry], ends: dict[int, int]
    ) -> dict[int, int]:
        """Delete what can be deleted; the offsets before which it was, by partition."""
        gone = {entry.letter.position for entry in purged}
        kept = [entry for entry in there.entries if entry.letter.position not in gone]
        places = {entry.letter.partition for entry in purged}
        before = purged_before(kept, {place: ends[place] for place in places})
        if before:
            delete_before(self._bootstrap, self.topic, before)
        return before
