"""The settings of one function process."""

import os
from pathlib import Path

import pytest

from functions.errors import PermanentError
from functions.settings import from_environment


def test_defaults() -> None:
    """Instance and device get names of this machine and process."""
    settings = from_environment({})
    assert settings.instance.endswith(f"-{os.getpid()}")
    assert settings.device
    assert (settings.port, settings.models, settings.emulated) == (8080, (), False)


def test_every_kind() -> None:
    """Texts, numbers, lists, paths and pairs are read."""
    settings = from_environment(
        {
            "SYNERGAI_MODELS": "silero-vad, magika",
            "SYNERGAI_MODEL_FOLDERS": f"/a{os.pathsep}/b",
            "SYNERGAI_SLOTS": "2",
            "SYNERGAI_PACE": "silero-vad=2.5, magika=1",
            "SYNERGAI_CACHE": "/c",
            "SYNERGAI_INSTANCE": "edge-1",
            "SYNERGAI_DEVICE": "board",
        }
    )
    assert settings.models == ("silero-vad", "magika")
    assert settings.model_folders == (Path("/a"), Path("/b"))
    assert settings.pace == {"silero-vad": 2.5, "magika": 1.0}
    assert settings.emulated
    assert (settings.slots, settings.cache) == (2, Path("/c"))
    assert (settings.instance, settings.device) == ("edge-1", "board")


def test_port_of_knative() -> None:
    """Knative's PORT is taken unless ours is set."""
    assert from_environment({"PORT": "9000"}).port == 9000
    assert from_environment({"PORT": "9000", "SYNERGAI_PORT": "9001"}).port == 9001


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"SYNERGAI_SLOTS": "two"}, "slots"),
        ({"PORT": "http"}, "port"),
        ({"SYNERGAI_PACE": "silero-vad"}, "SYNERGAI_PACE: found 'silero-vad'"),
        ({"SYNERGAI_PACE": "silero-vad=0.5"}, "factors of at least 1"),
        ({"SYNERGAI_PACE": "silero-vad=fast"}, "SYNERGAI_PACE"),
        ({"SYNERGAI_PACE": "silero-vad=nan"}, "SYNERGAI_PACE"),
        ({"SYNERGAI_PACE": "=2"}, "SYNERGAI_PACE"),
    ],
)
def test_wrong(environ: dict[str, str], said: str) -> None:
    """Wrong values are refused with their names and what is allowed."""
    with pytest.raises(PermanentError) as caught:
        from_environment(environ)
    assert said in str(caught.value)
