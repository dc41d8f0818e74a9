"""The how-to on auditing is true: its commands and its program run on a real broker."""

import asyncio
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

import pytest

from streams.audit.schema import FindingKind
from streams.trace.causes import CAUSES
from tests.support.broker import Bootstrap
from tests.support.histories import History, straight
from tests.support.published import publish

TEXT = (Path(__file__).parents[2] / "docs" / "howto" / "audit-and-trace.md").read_text()
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()
]
(PROGRAM,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.kafka
def test_the_commands_and_the_program(broker: Bootstrap, topic_prefix: str) -> None:
    """Each ends well on topics in which all is well, and says something."""
    history = History(topic_prefix, start_s=time.time() - 60.0)
    straight(history, name="4711")
    asyncio.run(publish(broker.bootstrap, history))
    environment = {
        **os.environ,
        "SYNERGAI_KAFKA_BOOTSTRAP": broker.bootstrap,
        "SYNERGAI_TOPIC_PREFIX": topic_prefix,
    }
    program = PROGRAM.replace("127.0.0.1:9092", broker.bootstrap)
    program = program.replace('"synergai"', f'"{topic_prefix}"')
    lines = [line.replace("synergai.default", f"{topic_prefix}.default") for line in COMMANDS]
    for arguments in [*(["-m", *line.split()] for line in lines), ["-c", program]]:
        done = subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, check=False,
            timeout=60, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, (arguments, done.stderr)
        assert done.stdout
    assert done.stdout.split() == ["True", "0", "1", "0.0"]


def test_every_finding_and_every_cause_is_described() -> None:
    """What the commands may say stands in the tables."""
    for kind in get_args(FindingKind):
        assert f"`{kind}`" in TEXT
    for cause in CAUSES:
        assert f"| {cause} |" in TEXT
