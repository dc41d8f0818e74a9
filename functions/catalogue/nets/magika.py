"""Magika: the type of a file from its first and last bytes.

The net reads 1,024 bytes from the front and 1,024 from the end, white space around the file left
out; a place without a byte holds 256.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import numpy as np

from functions.catalogue import media
from functions.ports import Answer, Array, Session, Tensors

_NOTHING: Final = "empty"
_TEXT: Final = "txt"
_UNKNOWN: Final = "unknown"


class Config(msgspec.Struct, frozen=True):
    """The part of the model's own configuration that is used; sizes in bytes."""

    beg_size: int
    end_size: int
    block_size: int
    padding_token: int
    min_file_size_for_dl: int
    medium_confidence_threshold: float
    target_labels_space: tuple[str, ...]
    thresholds: Mapping[str, float]
    overwrite_map: Mapping[str, str]


class Magika:
    """Any bytes in; type, description and score out."""

    media_types: tuple[str, ...] = media.BYTES

    def __init__(self, folder: Path) -> None:
        """Read labels and descriptions."""
        config = (folder / "config.min.json").read_bytes()
        self._config = msgspec.json.decode(config, type=Config)
        self._known: Mapping[str, Any] = json.loads(
            (folder / "content_types_kb.min.json").read_bytes()
        )

    def prepare(self, body: bytes, media_type: str) -> Tensors:  # noqa: ARG002 - any file will do
        """First and last bytes, and what is told without the net; every file has an answer."""
        front, end = self._front(body), self._end(body)
        short = len(front) < self._config.min_file_size_for_dl
        told = self._without_net(body) if short else ""
        ids = np.concatenate([self._padded(front, after=True), self._padded(end, after=False)])
        return {"bytes": ids[np.newaxis, :], "told": np.array([[told]], dtype=object)}

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """All files in one call."""
        ids = np.concatenate([tensors["bytes"] for tensors in batch])
        (scores,) = session.run({"bytes": ids}).values()
        return [
            {"scores": scores[place], "told": tensors["told"]}
            for place, tensors in enumerate(batch)
        ]

    def finish(self, result: Tensors) -> Answer:
        """The type, or the plain one where the net is not sure enough."""
        told = str(result["told"][0, 0])
        if told:
            return self._answer(told, 1.0)
        best = int(np.argmax(result["scores"]))
        label, score = self._config.target_labels_space[best], float(result["scores"][best])
        return self._answer(self._trusted(label, score), score)

    def _front(self, body: bytes) -> bytes:
        block = body[: self._config.block_size]
        return block.lstrip()[: self._config.beg_size]

    def _end(self, body: bytes) -> bytes:
        block = body[-self._config.block_size :]
        return block.rstrip()[-self._config.end_size :]

    def _padded(self, part: bytes, *, after: bool) -> Array:
        size = self._config.beg_size if after else self._config.end_size
        ids = np.full(size, self._config.padding_token, np.int32)
        values = np.frombuffer(part, np.uint8)
        if after:
            ids[: len(values)] = values
        else:
            ids[size - len(values) :] = values
        return ids

    def _without_net(self, body: bytes) -> str:
        """What a file too short for the net is."""
        if not body:
            return _NOTHING
        try:
            body[: self._config.block_size].decode()
        except UnicodeDecodeError:
            return _UNKNOWN
        return _TEXT

    def _trusted(self, label: str, score: float) -> str:
        needed = self._config.thresholds.get(label, self._config.medium_confidence_threshold)
        if score >= needed:
            return self._config.overwrite_map.get(label, label)
        return _TEXT if self._known[label]["is_text"] else _UNKNOWN

    def _answer(self, label: str, score: float) -> Answer:
        known = self._known[label]
        return {
            "type": label,
            "description": known["description"] or label,
            "media_type": known["mime_type"] or "application/octet-stream",
            "group": known["group"] or "unknown",
            "score": round(score, 4),
        }
