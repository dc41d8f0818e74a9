"""Progress of what takes time before a stack runs: a bar on a terminal, a line a step elsewhere."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Display:
    """Draws a bar where the total is known and a spinner where it is not; one line per step."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24),
            TimeElapsedColumn(), console=console, disable=not console.is_terminal,
        )  # fmt: skip
        self._tasks: dict[str, int] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show the step; earlier ones are finished."""
        if what not in self._tasks:
            self._finish()
            self._tasks[what] = self._progress.add_task(what, total=total or None)
            if not self._console.is_terminal:
                self._console.print(what, soft_wrap=True, highlight=False)
        task_id = self._progress.tasks[self._tasks[what]].id
        self._progress.update(task_id, completed=done, total=total or None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finish()
        self._progress.stop()

    def _finish(self) -> None:
        for task in self._progress.tasks:
            self._progress.update(task.id, total=1, completed=1)
