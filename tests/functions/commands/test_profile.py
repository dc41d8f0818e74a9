"""The commands on profiles, as a person or a program calls them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from functions.commands.profile import profile as command
from profiles import store
from profiles.errors import ProfileError
from tests.support.profiles import latency, profile


def _run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    return done.exit_code, done.stdout


def _saved(folder: Path, **changes: object) -> str:
    path = folder / "p.yaml"
    store.save([profile(**changes), profile(model="magika")], path)
    return str(path)


def test_check_is_content_with_what_is_plausible(tmp_path: Path) -> None:
    """Exit code 0 and an empty list."""
    assert _run("check", _saved(tmp_path), "--output", "json") == (0, "[]\n")


def test_check_tells_what_is_implausible(tmp_path: Path) -> None:
    """Exit code 1, and the finding with file, profile and field."""
    path = _saved(tmp_path, latency_by_batch={2: latency()}, throughput_rps=None)
    code, text = _run("check", path, "--output", "json")
    (finding,) = json.loads(text)
    assert code == 1
    assert (finding["file"], finding["field"]) == (path, "latency_by_batch")
    assert finding["profile"].startswith("silero-vad / this-machine")
    assert _run("check", path)[0] == 1


def test_check_refuses_what_is_no_profile(tmp_path: Path) -> None:
    """A file that cannot be read is a mistake, not a finding."""
    with pytest.raises(ProfileError, match="cannot be read"):
        _run("check", str(tmp_path / "none.yaml"))


def test_show_gives_programs_whole_profiles(tmp_path: Path) -> None:
    """JSON has the fields of the schema, filtered by model, with the kind of source."""
    code, text = _run("show", _saved(tmp_path), "--model", "magika", "--output", "json")
    (found,) = json.loads(text)
    assert code == 0
    assert found["model"] == "magika"
    assert found["source"]["kind"] == "measured"
    assert found["latency_by_batch"]["1"]["p50_s"] == 0.01


def test_show_gives_people_the_kind_of_every_row(tmp_path: Path) -> None:
    """Every row of the table says measured, published, derived or emulated."""
    _, text = _run("show", _saved(tmp_path))
    assert text.count("measured") == 2


def test_show_lists_what_is_known(tmp_path: Path) -> None:
    """A filter that fits nothing names the models and architectures there are."""
    with pytest.raises(ProfileError, match=r"known models: magika, silero-vad; architectures: th"):
        _run("show", _saved(tmp_path), "--model", "x")


def test_ratios_are_shown_with_their_source() -> None:
    """Each factor comes with its family, its check and where it is derived from."""
    code, text = _run("ratios", "--output", "json")
    rows = json.loads(text)
    assert code == 0
    jetson = {row["family"]: row for row in rows if row["architecture"] == "jetson-agx-orin"}
    assert set(jetson) == {"vision", "detection", "speech", "language"}
    assert jetson["vision"]["value"] > 1
    assert "not verified by MLCommons" in jetson["vision"]["source"]["detail"]
    assert "derived" in _run("ratios")[1]


@pytest.mark.parametrize("text", ["0", "1,x", "", "-1", "1,,2"])
def test_sizes_must_be_numbers(text: str) -> None:
    """Threads and batches are comma-separated numbers; anything else is wrong usage."""
    done = CliRunner().invoke(command, ["measure", "--threads", text])
    assert done.exit_code == 2
    assert "allowed: whole numbers of at least 1" in done.output
