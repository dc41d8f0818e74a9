"""Reads records whose header names are no UTF-8, as anyone who may produce can write them.

aiokafka decodes names strictly: its consumer fails at such a record, and again at each new try, so
that one record would hold up its partition for ever.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords

_LENGTH_AT = slice(8, 12)
_BEFORE_BATCH = 12
"""Offset and length, which the length does not count."""


def install() -> None:
    """Have all consumers of this process read leniently."""
    fetcher.MemoryRecords = LenientRecords


class LenientRecords:
    """Stands where aiokafka has its own reader of a fetched partition."""

    def __init__(self, raw: bytes) -> None:
        self._raw = memoryview(raw)
        self._records: Any = MemoryRecords(raw)

    def size_in_bytes(self) -> int:
        """Of everything that was fetched."""
        size: int = self._records.size_in_bytes()
        return size

    def has_next(self) -> bool:
        """Whether a whole batch is left."""
        more: bool = self._records.has_next()
        return more

    def next_batch(self) -> "_Batch":
        """The next whole batch."""
        end = _BEFORE_BATCH + int.from_bytes(self._raw[_LENGTH_AT])
        raw, self._raw = self._raw[:end], self._raw[end:]
        return _Batch(self._records.next_batch(), raw)


class _Batch:
    """A batch that is read anew, leniently, where the fast way fails.

    Records that were read before the failure come twice; the fetcher skips them by their offsets.
    """

    def __init__(self, batch: Any, raw: memoryview) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._batch
        except (UnicodeDecodeError, CorruptRecordException):
            yield from _LenientBatch(self._raw)


class _LenientBatch(_DefaultRecordBatchPy):  # type: ignore[misc]
    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        self._buffer: Any = _Bytes(self._buffer)


class _Bytes(bytearray):
    """Replaces what is no UTF-8, in its slices too."""

    def __getitem__(self, at: Any) -> Any:
        found = super().__getitem__(at)
        return _Bytes(found) if isinstance(found, bytearray) else found

    def decode(self, encoding: str = "utf-8", errors: str = "replace") -> str:
        return super().decode(encoding, errors)
