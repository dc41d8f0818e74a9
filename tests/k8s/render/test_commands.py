"""Every container is started with a command that there is, and with options that it has."""

import re
import subprocess
import sys

import pytest

from tests.k8s.rendered import CASES, case

COMMANDS = sorted(
    {
        tuple(container["args"])
        for name in CASES
        for manifest in case(name)
        if "template" in manifest.get("spec", {})
        for container in manifest["spec"]["template"]["spec"]["containers"]
    }
)


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda words: " ".join(words[:2]))
def test_the_command_line_knows_it(arguments: tuple[str, ...]) -> None:
    """Its words lead to a command; each option is in that command's help."""
    first = next((n for n, word in enumerate(arguments) if word[0] == "-"), len(arguments))
    helped = subprocess.run(
        [sys.executable, "-m", "synergai", *arguments[:first], "--help"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert helped.returncode == 0, helped.stderr
    assert "COMMAND [ARGS]" not in helped.stdout
    known = set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", helped.stdout))
    assert {word for word in arguments if word.startswith("-")} <= known
