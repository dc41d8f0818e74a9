"""Which offset of a partition may be committed while events finish in any order."""


class Prefix:
    """Offsets are opened in increasing order and finished in any."""

    def __init__(self) -> None:
        self._finished: dict[int, bool] = {}
        self._next: int | None = None

    def opened(self, offset: int) -> None:
        """The event at ``offset`` is under way."""
        self._finished[offset] = False

    def finished(self, offset: int) -> None:
        """The event is delivered or gone; unknown offsets are ignored."""
        if offset not in self._finished:
            return
        self._finished[offset] = True
        for opened in list(self._finished):
            if not self._finished[opened]:
                return
            del self._finished[opened]
            self._next = opened + 1

    def advanced(self) -> int | None:
        """The offset to commit (that of the next event), once; None: nothing new."""
        position, self._next = self._next, None
        return position
