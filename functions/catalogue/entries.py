"""The models of the catalogue, each pinned to one file of one published wheel."""

from collections.abc import Mapping
from typing import Final

from functions.catalogue.entry import Entry
from functions.catalogue.wheel import Member, Wheel

_MAGIKA: Final = Entry(
    name="magika",
    description="tells the type of a file from its bytes: 200 types, text and binary",
    licence="Apache-2.0",
    wheel=Wheel(
        project="magika",
        version="1.0.3",
        file="magika-1.0.3-py3-none-manylinux_2_28_x86_64.whl",
        sha256="3e9b49134e8116ee40b431664dcbed9e199413efddcce1a173c734b4e0521529",
    ),
    nets={
        "onnxruntime": Member(
            path="magika/models/standard_v3_3/model.onnx",
            sha256="fe2d2eb49c5f88a9e0a6c048e15d6ffdf86235519c2afc535044de433169ec8c",
        ),
    },
    extras=(
        Member(
            path="magika/models/standard_v3_3/config.min.json",
            sha256="ae24c742205358f6ff6dfd5facb6743fb69743dbba8373e73da58ff0cbd695db",
        ),
        Member(
            path="magika/config/content_types_kb.min.json",
            sha256="75208adba69bc0556403b62b32ef3ccf8b5ce494411780845852e52e6583a10d",
        ),
    ),
    media_types=("application/octet-stream",),
    max_batch=32,
    processing="functions.catalogue.nets.magika:Magika",
)

ENTRIES: Final[Mapping[str, Entry]] = {entry.name: entry for entry in (_MAGIKA,)}
"""Name to model."""
