"""What a person is told about the models."""

import subprocess
import sys
from pathlib import Path

from functions.catalogue import open_catalogue
from functions.catalogue.described import listed, shown
from tests.support.own_models import PICTURES, folder


def test_own_models_say_their_size_and_media(tmp_path: Path) -> None:
    """As the file has it."""
    place = folder(tmp_path, PICTURES, media_types=["image/png"])
    row = listed(open_catalogue(tmp_path / "cache", [place], None))[-1]
    assert row["size_bytes"] == (place / "means.onnx").stat().st_size
    assert (row["media_types"], row["max_batch"], row["fetched"]) == (["image/png"], 4, True)


def test_an_own_model_is_shown_with_its_folder(tmp_path: Path) -> None:
    """As the source, with the file by engine."""
    place = folder(tmp_path)
    row, files = shown(open_catalogue(tmp_path / "cache", [place], None), "double")
    assert row["source"] == f"your own folder {place}"
    assert files == {"onnxruntime": place / "double.onnx"}


def test_listing_needs_no_engine_and_no_image_or_audio_library(tmp_path: Path) -> None:
    """It works in the base installation."""
    folder(tmp_path / "mine", PICTURES)
    code = (
        "import sys; from pathlib import Path; from functions.catalogue import open_catalogue;"
        "from functions.catalogue.described import listed;"
        f"listed(open_catalogue(Path('none'), [Path({str(tmp_path / 'mine')!r})], None));"
        "print([n for n in ('soundfile', 'soxr', 'PIL', 'onnxruntime') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
