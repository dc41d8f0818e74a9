"""Shell completion."""

import os
import subprocess
import sys

import pytest


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "synergai", *arguments],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str) -> None:
    """It asks our command, whatever is typed."""
    ended = _run("completion", shell)
    assert ended.returncode == 0
    assert f"_SYNERGAI_COMPLETE={shell}_complete" in ended.stdout


def test_another_shell_is_refused() -> None:
    """Exit code 2 and what is allowed."""
    ended = _run("completion", "tcsh")
    assert ended.returncode == 2
    assert "'bash', 'zsh', 'fish'" in ended.stderr


def test_commands_are_completed() -> None:
    """What the script of bash asks when the user presses the key."""
    code = "import synergai; synergai.main(prog_name='synergai')"
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env={
            **os.environ, "_SYNERGAI_COMPLETE": "bash_complete", "COMP_WORDS": "synergai de",
            "COMP_CWORD": "1",
        },
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ended.stdout.split() == ["plain,demo"]
