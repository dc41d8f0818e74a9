"""Progress as people see it, on a terminal and in a file."""

from io import StringIO

from rich.console import Console

from streams.broker.display import Display


def shown(*, terminal: bool) -> str:
    """What two steps print."""
    file = StringIO()
    with Display(Console(file=file, force_terminal=terminal, width=60)) as display:
        display("fetching a long name of something that takes its time", 0, 10)
        display("fetching a long name of something that takes its time", 10, 10)
        display("starting", 0, 0)
    return file.getvalue()


def test_a_file_gets_one_plain_line_per_step() -> None:
    """No bars, no cut words, no control characters."""
    lines = ["fetching a long name of something that takes its time", "starting"]
    assert shown(terminal=False).splitlines() == lines


def test_a_terminal_gets_a_bar() -> None:
    """Both steps are drawn, and both are finished at the end."""
    assert "━" in shown(terminal=True)
    assert "starting" in shown(terminal=True)
