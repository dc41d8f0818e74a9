"""Reading batches whose header names are no UTF-8."""

import gzip
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from streams.worker.lenient import LenientRecords, install

GZIP = 1
NAME = "na?e"
WRONG = b"na\xffe"
"""Equally long, so that it can be put in place."""


def batch(count: int, compression: int, wrong: Sequence[int] = ()) -> bytes:
    """A batch of records with a header each; those of ``wrong`` are spoilt afterwards."""
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=0, is_transactional=0, producer_id=-1, producer_epoch=-1,
        base_sequence=-1, batch_size=10**6,
    )  # fmt: skip
    for number in range(count):
        name = NAME if number in wrong else "good"
        builder.append(number, 1000, b"k", b"value-%d" % number, [(name, b"v"), ("null", None)])
    plain = bytes(builder.build()).replace(NAME.encode(), WRONG)
    return compressed(plain) if compression else plain


def compressed(plain: bytes) -> bytes:
    """The same batch with its records compressed."""
    head, records = bytearray(plain[:61]), gzip.compress(plain[61:])
    head[8:12] = struct.pack(">i", 61 - 12 + len(records))
    head[21:23] = struct.pack(">h", GZIP)
    return bytes(head) + records


def read(records: Any) -> list[Any]:
    """All records of all batches."""
    found = []
    while records.has_next():
        found += list(records.next_batch())
    return found


@pytest.mark.parametrize("compression", [0, GZIP])
def test_good_batches_are_read_as_ever(compression: int) -> None:
    """Offsets, keys, values and headers, null ones among them, over several batches."""
    raw = batch(3, compression) + batch(2, compression)
    ours, theirs = LenientRecords(raw), MemoryRecords(raw)
    assert ours.size_in_bytes() == theirs.size_in_bytes()
    shape = [(r.offset, r.key, r.value, r.headers) for r in read(ours)]
    assert shape == [(r.offset, r.key, r.value, r.headers) for r in read(theirs)]
    assert len(shape) == 5


@pytest.mark.parametrize("compression", [0, GZIP])
def test_wrong_names_are_replaced(compression: int) -> None:
    """Every record of the batch is there, at the latest the second time."""
    raw = batch(4, compression, wrong=[1, 3]) + batch(1, compression)
    found = {}
    first, second = read_batches(raw)
    for record in first:
        found[record.offset] = (record.value, record.headers[0][0], record.headers[1])
    assert {offset: name for offset, (_, name, _) in found.items()} == {
        0: "good", 1: "na\ufffde", 2: "good", 3: "na\ufffde",
    }  # fmt: skip
    assert [value for value, _, _ in found.values()] == [b"value-%d" % n for n in range(4)]
    assert {null for _, _, null in found.values()} == {("null", None)}
    assert [record.value for record in second] == [b"value-0"]


def read_batches(raw: bytes) -> tuple[list[Any], list[Any]]:
    """The records of two batches."""
    records = LenientRecords(raw)
    first, second = list(records.next_batch()), list(records.next_batch())
    assert not records.has_next()
    return first, second


def test_aiokafka_itself_fails() -> None:
    """When it no longer does, this module can go."""
    raw = batch(1, 0, wrong=[0])
    with pytest.raises((UnicodeDecodeError, CorruptRecordException)):
        list(DefaultRecordBatch(raw))


def test_corrupt_batches_stay_corrupt() -> None:
    """Only names are forgiven."""
    raw = bytearray(batch(1, 0))
    raw[60] = 9  # says that it holds more records than there are
    with pytest.raises(CorruptRecordException):
        read(LenientRecords(bytes(raw)))


def test_a_part_of_a_batch_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fetch may end within a batch."""
    raw = batch(1, 0)
    records = LenientRecords(raw + raw[: len(raw) // 2])
    assert len(read(records)) == 1
    monkeypatch.setattr(fetcher, "MemoryRecords", MemoryRecords)
    install()
    assert fetcher.MemoryRecords is LenientRecords
