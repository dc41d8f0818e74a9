"""What must be there before a worker starts: the broker, and topics of its settings."""

import logging
from typing import Final

from streams.errors import BrokerError
from streams.settings import Settings
from streams.topics import Topics, missing
from streams.worker import admin

_LOG: Final = logging.getLogger("synergai.app")
_LOOKS: Final = 4
"""A topic that is not necessary is waited for so often: it may just be about to be created."""


class Lacking:
    """Looks as often as it is asked to."""

    def __init__(self, settings: Settings, bootstrap: str) -> None:
        self._settings = settings
        self._topics = Topics(settings)
        self._bootstrap = bootstrap
        self._looks = 0
        self.shared = True
        """Whether there is a log of claims: deployments of earlier versions have none."""

    async def look(self) -> str:
        """What is not there, and what to do; empty: nothing.

        Raises:
            StreamsError: a topic does not fit the settings.
        """
        try:
            present = await admin.present_topics(self._bootstrap, within_s=1.0)
        except BrokerError as error:
            return str(error)
        admin.check(self._topics.table(), present)
        absent = [row.name for row in missing(self._topics.table(), present)]
        unknown = sorted(set(self._settings.reply_topics) - set(present))
        claims = self._topics.system("claims")
        if absent and (absent != [claims] or not self._without(claims)):
            return f"no topic {', '.join(absent)}; create them with: synergai topics create"
        if unknown:
            return f"reply_topics: no topic {', '.join(unknown)}; create them or remove them"
        return ""

    def _without(self, claims: str) -> bool:
        self._looks += 1
        if self.shared and self._looks >= _LOOKS:
            self.shared = False
            _LOG.warning(
                "no topic %s: goes on without; workers side by side may fill a slot twice, until "
                "it is created with: synergai topics create, and they are restarted",
                claims,
            )
        return not self.shared
