"""Profiles survive the store, and what is wrong in a file is named."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles import store
from profiles.errors import ProfileError
from tests.support.profiles import latency, profile, profiles

GOOD = """
profiles:
- model: m
  architecture: a
  configuration: {engine: e}
  latency_by_batch:
    1: {mean_s: 0.1, p50_s: 0.1, p90_s: 0.2, p99_s: 0.3}
  source: {kind: published, detail: d, licence: l}
"""


def _file(folder: Path, text: str) -> Path:
    path = folder / "p.yaml"
    path.write_text(text)
    return path


@settings(max_examples=60, deadline=None)
@given(st.lists(profiles, max_size=4, unique_by=store.key))
def test_round_trip(tmp_path_factory: pytest.TempPathFactory, written: list) -> None:  # type: ignore[type-arg]
    """What is saved is loaded again, equal and in the order of the key."""
    path = tmp_path_factory.mktemp("store") / "p.yaml"
    store.save(written, path)
    assert list(store.load(path)) == sorted(written, key=store.key)


def test_saving_is_deterministic(tmp_path: Path) -> None:
    """The order in which profiles, batches or versions come does not change the bytes."""
    one = profile(latency_by_batch={1: latency(0.01), 2: latency(0.02)})
    same = profile(latency_by_batch={2: latency(0.02), 1: latency(0.01)})
    other = profile(model="a")
    store.save([one, other], tmp_path / "1.yaml")
    store.save([other, same], tmp_path / "2.yaml")
    assert (tmp_path / "1.yaml").read_bytes() == (tmp_path / "2.yaml").read_bytes()


def test_a_folder_is_all_its_files(tmp_path: Path) -> None:
    """Files of a folder and its subfolders are read together, in the order of the key."""
    store.save([profile(model="b")], tmp_path / "1.yaml")
    store.save([profile(model="a")], tmp_path / "deep" / "2.yaml")
    assert [found.model for found in store.load(tmp_path)] == ["a", "b"]


def test_duplicates_are_refused_when_saving(tmp_path: Path) -> None:
    """Two profiles of the same model, architecture and configuration cannot be saved."""
    with pytest.raises(ProfileError, match="more than once"):
        store.save([profile(), profile()], tmp_path / "p.yaml")


def test_duplicates_are_refused_across_files(tmp_path: Path) -> None:
    """A profile in two files of a folder is refused, and both places are named."""
    store.save([profile()], tmp_path / "1.yaml")
    store.save([profile()], tmp_path / "2.yaml")
    with pytest.raises(ProfileError, match=r"2\.yaml: profiles\[0\].*first in .*1\.yaml"):
        store.load(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "kind: published",
            "kind: guess",
            r"source\.kind: .*'guess', allowed: measured, published",
        ),
        ("mean_s: 0.1", "mean_s: fast", r"latency_by_batch\[...\]\.mean_s: Expected `float`, got"),
        ("mean_s: 0.1, ", "", r"latency_by_batch\[...\]: Object missing required field `mean_s`"),
        ("engine: e", "engin: e", r"configuration: .*unknown field `engin`, allowed: engine, prec"),
        ("model: m", "modle: m", r"profiles\[0\]: .*unknown field `modle`, allowed: model, arch"),
        ("p50_s: 0.1", "p50_s: 0.1, p50_s: 0.2", r"no YAML: found p50_s twice"),
        ("profiles:", "profile:", r"found \['profile'\], allowed: the one field 'profiles'"),
        ("    1: {mean_s", "    x: {mean_s", r"latency_by_batch: Expected `int`, got `str`"),
        ("- model: m", "- ", r"Object missing required field `model`"),
        ("profiles:", "profiles: [", r"no YAML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The message names the file, the field, what was found and what is allowed."""
    path = _file(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ProfileError, match=r"p\.yaml: .*" + message):
        store.load(path)


def test_no_latency_at_all_is_refused(tmp_path: Path) -> None:
    """A profile without a batch size could answer no question."""
    start, end = GOOD.index("\n    1:"), GOOD.index("\n  source")
    path = _file(tmp_path, GOOD[:start].rstrip(":") + ": {}" + GOOD[end:])
    with pytest.raises(ProfileError, match="found no batch size, allowed: at least one"):
        store.load(path)


@pytest.mark.parametrize("text", ["", "[]", "profiles: {}", "\x00", "a: [1, *b]"])
def test_what_is_no_store_is_refused(tmp_path: Path, text: str) -> None:
    """Other files give a message, never a stack trace of the YAML library."""
    with pytest.raises(ProfileError, match=r"p\.yaml"):
        store.load(_file(tmp_path, text))


def test_missing_file_and_empty_folder(tmp_path: Path) -> None:
    """What is not there is named."""
    with pytest.raises(ProfileError, match="cannot be read: No such file"):
        store.load(tmp_path / "none.yaml")
    with pytest.raises(ProfileError, match="found no file"):
        store.load(tmp_path)
