"""What goes wrong again and again is said once, and once more when it works again."""

import logging


class Remark:
    """Of one kind of sending."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        """``what``: in the plural, e.g. ``placements``."""
        self._log = log
        self._what = what
        self._failed = 0

    def failed(self, error: Exception) -> None:
        """One could not be sent."""
        if not self._failed:
            self._log.warning("%s cannot be sent: %s; they are sent again", self._what, error)
        self._failed += 1

    def worked(self) -> None:
        """One was sent."""
        if self._failed:
            self._log.warning("%s are sent again; %d were not", self._what, self._failed)
        self._failed = 0
