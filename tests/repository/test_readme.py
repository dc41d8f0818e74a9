"""What the documents tell people to type, open or write is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from streams.stack.schema import load

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
DOCUMENTS = [
    path
    for folder in (ROOT, ROOT / "docs", ROOT / "examples")
    for path in sorted(folder.glob("*.md") if folder == ROOT else folder.rglob("*.md"))
]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?(synergai|make) ([^#|&>\n]+)", re.MULTILINE)


def typed(tool: str, document: Path) -> list[str]:
    """The arguments of each command line of a document."""
    blocks = (body for _, body in BLOCK.findall(document.read_text()))
    found = [pair for body in blocks for pair in COMMAND.findall(body)]
    return [arguments.strip() for name, arguments in found if name == tool]


def said(*arguments: str) -> str:
    """What the command line prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-m", "synergai", *arguments],
        capture_output=True, text=True, check=False, cwd=ROOT, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


LINES = sorted({line for document in DOCUMENTS for line in typed("synergai", document)})
ALONE = [line for line in typed("synergai", README) if line.startswith(("model ", "profile "))]


@pytest.mark.parametrize("line", LINES)
def test_a_typed_command_exists_with_its_options(line: str) -> None:
    """Every ``synergai …`` line names a command that there is, and options that it has."""
    words = line.split()
    first = next((place for place, word in enumerate(words) if word.startswith("-")), len(words))
    known = re.findall(r"(?<!\S)--?[a-z][a-z-]*", said(*words[:first], "--help"))
    assert {word for word in words if word.startswith("-") and word != "-"} <= set(known)


@pytest.mark.parametrize("line", ALONE)
def test_a_command_of_the_readme_that_needs_no_stack_answers(line: str) -> None:
    """Models and profiles are listed before anything runs."""
    assert "magika" in said(*line.split())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_targets_and_links_are_there(document: Path) -> None:
    """Every ``make …`` line names a target, every relative link a file."""
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert {line.split()[0] for line in typed("make", document)} <= targets
    links = LINK.findall(document.read_text())
    assert [link for link in links if not (document.parent / link).exists()] == []


def test_the_stack_of_the_readme_is_one(tmp_path: Path) -> None:
    """It loads, and emulates nothing, as it says."""
    (stack,) = [body for language, body in BLOCK.findall(README.read_text()) if language == "yaml"]
    (tmp_path / "stack.yaml").write_text(stack)
    assert load(tmp_path / "stack.yaml").emulated == ()
