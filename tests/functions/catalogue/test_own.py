"""A user's own models: what is read, and what is refused with which words."""

from pathlib import Path

import pytest

from functions.catalogue import own
from functions.catalogue.media import PICTURES as ALL_PICTURES
from functions.errors import PermanentError
from tests.support.own_models import PICTURES, TENSORS, folder


def refusal(*places: Path, taken: tuple[str, ...] = ("magika",)) -> str:
    """What is said about folders that cannot be used."""
    with pytest.raises(PermanentError) as caught:
        own.load(places, taken)
    return str(caught.value)


def test_a_folder_is_a_model(tmp_path: Path) -> None:
    """Its fields become the model's; what is left out has its default."""
    found = own.load([folder(tmp_path / "mine", max_batch=8)], ())
    model = found["double"].model()
    assert (model.name, model.engine, model.precision, model.max_batch) == (
        "double", "onnxruntime", "fp32", 8,
    )  # fmt: skip
    assert model.file == tmp_path / "mine" / "double.onnx"
    assert model.processing.media_types == found["double"].media_types == ()


def test_the_version_follows_the_file(tmp_path: Path) -> None:
    """Another net under the same version is another version."""
    place = folder(tmp_path)
    before = own.load([place], ())["double"].model().version
    (place / "double.onnx").write_bytes(b"another")
    after = own.load([place], ())["double"].model().version
    assert before.startswith("1+")
    assert after != before


def test_a_folder_may_hold_folders_of_models(tmp_path: Path) -> None:
    """All of them are found."""
    folder(tmp_path / "one")
    folder(tmp_path / "two", PICTURES)
    found = own.load([tmp_path], ())
    assert sorted(found) == ["double", "reddish"]
    assert found["reddish"].media_types == ALL_PICTURES


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": None}, "missing required field `name`; fields: name, file, engine"),
        ({"licence": None}, "missing required field `licence`"),
        ({"name": "My Net"}, "name: found 'My Net', allowed: lower-case letters"),
        ({"name": "magika"}, "name: found 'magika', allowed: one that is not in the shipped cat"),
        ({"engine": "torch"}, "Invalid enum value 'torch' - at `$.engine`"),
        ({"file": "gone.onnx"}, "file: found 'gone.onnx', which is not there; in the folder: dou"),
        ({"file": "../double.onnx"}, "file: found '../double.onnx', allowed: a file inside"),
        ({"file": "/etc/passwd"}, "file: found '/etc/passwd', allowed: a file inside"),
        ({"file": "."}, "file: found '.'"),
        ({"max_batch": 0}, "max_batch: found 0, allowed: 1 to 1024"),
        ({"max_batch": "many"}, "Expected `int`, got `str` - at `$.max_batch`"),
        ({"precision": "FP 32"}, "precision: found 'FP 32', allowed: e.g. fp32"),
        ({"processing": "sound"}, "Invalid enum value 'sound' - at `$.processing`"),
        ({"colour": "red"}, "unknown field `colour`"),
        ({"image": {"size": 9}}, "image: found with processing: tensors"),
        ({"media_types": ["image/png"]}, "media_types: found with processing: tensors"),
        ({"processing": "image"}, "image: found nothing, allowed with processing: image"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, changes: dict[str, object], says: str) -> None:
    """File, field, what was found and what is allowed."""
    place = folder(tmp_path / "mine", TENSORS, **changes)
    message = refusal(place)
    assert message.startswith(str(place / "model.yaml"))
    assert says in message


@pytest.mark.parametrize(
    ("image", "says"),
    [
        ({"size": 4}, "image.size: found 4, allowed: 8 to 4096"),
        ({"size": 16, "deviation": [1, 0, 1]}, "image.deviation: found [1.0, 0.0, 1.0]"),
        ({"size": 16, "top": 0}, "image.top: found 0, allowed: at least 1"),
        ({"size": 16, "layout": "chwn"}, "Invalid enum value 'chwn' - at `$.image.layout`"),
        ({"size": 16, "mean": [1]}, "`$.image.mean`"),
        ({"size": 16, "labels": "names.txt"}, "image.labels: found 'names.txt', which is not"),
        ({"labels": "labels.txt"}, "missing required field `size` - at `$.image`"),
    ],
)
def test_a_wrong_picture_step_is_named(tmp_path: Path, image: object, says: str) -> None:
    """The field within ``image``."""
    assert says in refusal(folder(tmp_path, PICTURES, image=image))


def test_media_types_of_pictures_are_checked(tmp_path: Path) -> None:
    """Only those that can be read."""
    message = refusal(folder(tmp_path, PICTURES, media_types=["image/png", "image/tiff"]))
    assert "media_types: found image/tiff, allowed: image/png, image/jpeg" in message


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "Expected `object`, got `null`"),
        (b"just text", "Expected `object`, got `str`"),
        (b"name: [", "no YAML"),
        (b"\xff\xfe\x00", "no YAML"),
        (b"name: 7\nfile: a\nengine: litert\ndescription: d\nlicence: l", "at `$.name`"),
    ],
)
def test_what_is_no_description_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    """Whatever lies there under that name."""
    (tmp_path / "model.yaml").write_bytes(content)
    assert says in refusal(tmp_path)


def test_folders_that_are_none_or_hold_none_are_refused(tmp_path: Path) -> None:
    """With the folder's name."""
    assert "found no folder" in refusal(tmp_path / "gone")
    assert "found no model.yaml" in refusal(tmp_path)
    (tmp_path / "model.yaml").mkdir()
    assert "cannot be read" in refusal(tmp_path)


def test_two_models_of_one_name_are_refused(tmp_path: Path) -> None:
    """Both files are named."""
    message = refusal(folder(tmp_path / "one"), folder(tmp_path / "two"))
    assert str(tmp_path / "two" / "model.yaml") in message
    assert str(tmp_path / "one" / "model.yaml") in message


def test_labels_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """When the model is opened."""
    place = folder(tmp_path, PICTURES)
    (place / "labels.txt").write_bytes(b"\xff\xfe")
    with pytest.raises(PermanentError, match=r"labels\.txt: labels that cannot be read"):
        own.load([place], ())["reddish"].model()
