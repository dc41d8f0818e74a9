"""Who is not ready yet, on a terminal or as lines."""

from typing import Self

from rich.console import Console

from streams.stack.readiness import Missing


class WaitingDisplay:
    """A spinner with the names on a terminal; elsewhere a line whenever they change."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("starting")
        self._shown = ""

    def __call__(self, missing: Missing) -> None:
        """Show the names."""
        text = f"waiting for {', '.join(sorted(missing))}"
        if text == self._shown:
            return
        self._shown = text
        if self._console.is_terminal:
            self._status.update(text)
        else:
            self._console.print(text, markup=False, highlight=False)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._status.stop()
