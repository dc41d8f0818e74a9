"""The Dockerfiles: what cannot be built here is read and held to rules."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
IMAGES = sorted((ROOT / "k8s" / "images").glob("*.Dockerfile"))
ROLES = ["app", "controller", "function-cpu", "function-cuda", "function-l4t"]
Instruction = tuple[str, str]


def instructions(path: Path) -> list[Instruction]:
    """Word and arguments of each, lines that go on joined, comments left out."""
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ").splitlines()
    pairs = (line.partition(" ") for line in joined if line.strip())
    return [(word.upper(), rest.strip()) for word, _, rest in pairs]


def last_stage(path: Path) -> list[Instruction]:
    """What the image itself is made of."""
    found = instructions(path)
    begin = max(n for n, (word, _) in enumerate(found) if word == "FROM")
    return found[begin:]


def test_every_role_has_one() -> None:
    """The images that a deployment file names by default."""
    assert [path.name.removesuffix(".Dockerfile") for path in IMAGES] == ROLES


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_bases_are_pinned(path: Path) -> None:
    """By an argument whose default is a full version; nothing is called latest."""
    found = instructions(path)
    (base,) = [rest for word, rest in found if word == "ARG" and rest.startswith("BASE=")]
    assert re.fullmatch(r"BASE=[a-z0-9/._-]+:\d+\.\d+\.\d+[a-z0-9.-]*", base)
    for word, rest in found:
        if word == "FROM":
            assert rest.split()[0] == "${BASE}"
    assert "latest" not in path.read_text()


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_compilers_and_sources_stay_behind(path: Path) -> None:
    """Two stages; the last takes what was installed and nothing of the tree but licences."""
    assert [word for word, _ in instructions(path)].count("FROM") == 2
    copied = [rest for word, rest in last_stage(path) if word == "COPY"]
    assert [rest for rest in copied if not rest.startswith("--from=build /")] == [
        "LICENSE NOTICE /licences/"
    ]
    assert "pip" not in " ".join(rest for word, rest in last_stage(path) if word == "RUN")


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_nobody_is_root(path: Path) -> None:
    """A number, so that Kubernetes can see it; of a Jetson the group that may use the GPU."""
    (user,) = [rest for word, rest in last_stage(path) if word == "USER"]
    assert user == ("65532:44" if "l4t" in path.name else "65532:65532")


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_what_is_installed_is_what_was_locked(path: Path) -> None:
    """Every package by its hash, as a wheel; nothing is fetched by an address."""
    text = path.read_text()
    runs = " && ".join(rest for word, rest in instructions(path) if word == "RUN")
    for step in runs.split("&&"):
        if "pip install" in step and not step.strip().endswith((" .", ".whl; fi")):
            assert "--require-hashes" in step, step
    assert "://" not in text
    assert [word for word, _ in instructions(path) if word == "ADD"] == []


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_what_is_copied_is_in_the_context(path: Path) -> None:
    """Files that are there, and that .dockerignore lets through."""
    let_in = (ROOT / ".dockerignore").read_text()
    for word, rest in instructions(path):
        if word == "COPY" and not rest.startswith("--from"):
            for source in shlex.split(rest)[:-1]:
                assert (ROOT / source).exists()
                assert f"!{source.rstrip('/')}" in let_in


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_how_to_build_it_and_list_its_parts_is_said(path: Path) -> None:
    """In its first lines, with its own name; it begins with our command line."""
    head = path.read_text().partition("ARG BASE")[0]
    role = path.name.removesuffix(".Dockerfile")
    for line in ("build", "SBOM"):
        (command,) = re.findall(rf"# +{line}: +(.*)", head)
        assert f"-f k8s/images/{path.name} -t REGISTRY/synergai-{role}:TAG" in command
    (entry,) = [rest for word, rest in instructions(path) if word == "ENTRYPOINT"]
    assert entry == '["synergai"]'
