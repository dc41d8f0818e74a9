"""The demo's moments on a terminal, or as lines."""

import time
from typing import Final, Self

from rich.console import Console
from rich.live import Live

from streams.demo.live import Now, line, view

_LINE_EVERY_S: Final = 5.0


class LiveDisplay:
    """A picture that is drawn anew on a terminal; elsewhere a line now and then."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False)
        self._next_s = 0.0

    def __call__(self, now: Now) -> None:
        """Show the moment."""
        if self._console.is_terminal:
            self._live.update(view(now), refresh=True)
        elif time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _LINE_EVERY_S
            self._console.print(line(now), markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()
