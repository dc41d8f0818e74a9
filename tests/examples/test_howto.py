"""Every Python snippet of the how-to runs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.broker import Bootstrap
from tests.support.scripted_app import ScriptedApp

TEXT = (Path(__file__).parents[2] / "docs" / "howto" / "produce-and-consume.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.kafka
def test_snippets(broker: Bootstrap, topic_prefix: str) -> None:
    """One after the other: two requests, an answer, and the outcomes of all three."""
    said = []
    with ScriptedApp(broker.bootstrap, topic_prefix):
        for snippet in SNIPPETS:
            here = snippet.replace("127.0.0.1:9092", broker.bootstrap)
            here = here.replace("synergai.default", f"{topic_prefix}.default")
            here = here.replace('prefix="synergai"', f"prefix={topic_prefix!r}")
            ended = subprocess.run(
                [sys.executable, "-c", here],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert ended.returncode == 0, ended.stderr
            said.append(ended.stdout)
    assert said[0].startswith("offset")
    assert said[1].startswith("offset")
    assert said[2].startswith("met #!/bin/sh")
    assert said[3].count(" met ") == 3
