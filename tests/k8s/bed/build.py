"""``python -m tests.k8s.bed.build``: makes the programs of the bed, once per set of inputs.

Needs Go and reaches the Go module proxy; what is made lies outside the work tree. Stopped in
between, it goes on where it was. Several at a time wait for each other. ``--where-possible``: what
keeps it from being made is said, and no failure: the tests that need it are skipped then.
"""

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.k8s.bed import manifests
from tests.k8s.bed.tools import GOMOD, KUBERNETES, PROGRAMS, Program, Tools, tools

_VERSIONS: Final = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")
"""Where Kubernetes programs read their version; without it Knative takes the server for too old."""


def main() -> int:
    """0: everything is there, or need not be; 1: a step failed; 2: there is no Go."""
    parser = argparse.ArgumentParser(description="Make what tests/k8s runs.")
    parser.add_argument("--where-possible", action="store_true", help="0 even if it cannot be made")
    given = parser.parse_args()
    code = build()
    if code and given.where_possible:
        _say("the tests that need it are skipped")
        return 0
    return code


def build() -> int:
    """0: everything is there; 1: a step failed; 2: there is no Go."""
    wanted = tools()
    if not wanted.missing():
        _say(f"{wanted.folder}: complete")
        return 0
    if not shutil.which("go"):
        _say("go: not found; needed: Go 1.26 or later on the PATH")
        return 2
    wanted.folder.mkdir(parents=True, exist_ok=True)
    try:
        with _alone(wanted.folder.parent / "lock"):
            _make(wanted)
    except subprocess.CalledProcessError as error:
        _say(f"{' '.join(map(str, error.cmd[:2]))}: exit code {error.returncode}")
        return 1
    return 0


def _make(wanted: Tools) -> None:
    begun = time.monotonic()
    steps = [each for each in PROGRAMS if each.name in wanted.missing()]
    total = len(steps) + 1
    for number, program in enumerate(steps, 1):
        _step(number, total, program.name, begun)
        _build(program, wanted.folder)
    _step(total, total, wanted.manifests.name, begun)
    manifests.collect(GOMOD / "cluster", wanted.manifests, _environment())
    _say(f"made within {time.monotonic() - begun:.0f} s: {wanted.folder}")


def _build(program: Program, folder: Path) -> None:
    """One program; it appears under its name when it is whole."""
    draft = folder / f".{program.name}.{os.getpid()}"
    flags = ["-trimpath", "-ldflags", _linked(), "-o", str(draft)]
    command = ["go", "build", *flags, program.package]
    try:
        subprocess.run(command, cwd=GOMOD / program.module, env=_environment(), check=True)
        draft.replace(folder / program.name)
    finally:
        draft.unlink(missing_ok=True)


def _linked() -> str:
    major, minor, _ = KUBERNETES.removeprefix("v").split(".")
    values = {"gitVersion": KUBERNETES, "gitMajor": major, "gitMinor": minor}
    named = [f"-X {place}.{name}={text}" for place in _VERSIONS for name, text in values.items()]
    return " ".join(["-s", "-w", *named])


def _environment() -> Mapping[str, str]:
    own = {"GOWORK": "off", "GOFLAGS": "-buildvcs=false", "GOTOOLCHAIN": "local"}
    return {**os.environ, **own, "CGO_ENABLED": "0"}


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _step(number: int, total: int, name: str, begun: float) -> None:
    _say(f"[{number}/{total}] {name} ({time.monotonic() - begun:.0f} s so far)")


def _say(text: str) -> None:
    sys.stdout.write(f"k8s-tools: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
