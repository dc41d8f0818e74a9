"""The command line as a shell runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


class Shell:
    """Runs ``synergai`` with a data folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self._folder = folder
        self._environment = environment

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """One command, to its end; what it says holds no stack trace."""
        environ = {k: v for k, v in os.environ.items() if not k.startswith("SYNERGAI_")}
        environ |= {"SYNERGAI_DATA": str(self._folder), "COLUMNS": "200", **self._environment}
        ended = subprocess.run(
            [sys.executable, "-m", "synergai", *arguments],
            env=environ, input=stdin, capture_output=True, timeout=60, check=False,
        )  # fmt: skip
        assert b"Traceback" not in ended.stderr, ended.stderr.decode()
        return ended

    def rows(self, *arguments: str, code: int = 0) -> Any:
        """What a command gives programs, if it ends with this exit code."""
        ended = self.run(*arguments, "--output", "json")
        assert ended.returncode == code, ended.stderr.decode()
        return json.loads(ended.stdout)
