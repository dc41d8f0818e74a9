"""A broker's progress on a terminal."""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Display:
    """Draws a bar where the total is known and a spinner where it is not; one line per step."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24),
            TimeElapsedColumn(), console=console,
        )  # fmt: skip
        self._tasks: dict[str, int] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show the step; earlier ones are finished."""
        if what not in self._tasks:
            for task in self._progress.tasks:
                self._progress.update(task.id, total=1, completed=1)
            self._tasks[what] = self._progress.add_task(what, total=total or None)
        task_id = self._progress.tasks[self._tasks[what]].id
        self._progress.update(task_id, completed=done, total=total or None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        for task in self._progress.tasks:
            self._progress.update(task.id, total=1, completed=1)
        self._progress.stop()
