"""Requests and responses of the Open Inference Protocol."""

import json
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.errors import InputError
from functions.oip.codec import decode, encode, wanted_binary
from functions.oip.schema import InferenceResponse, RequestedOutput
from functions.oip.values import DTYPES, from_bytes, from_json, to_bytes, to_json
from functions.ports import Array

RESPONSE = InferenceResponse(model_name="m", model_version="1", outputs=(), id="7")


def _request(**tensor: Any) -> bytes:
    row = {"name": "x", "shape": [2], "datatype": "FP32", **tensor}
    return json.dumps({"inputs": [row]}).encode()


def _bytes(*items: bytes) -> Array:
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


@st.composite
def _arrays(draw: st.DrawFn) -> tuple[str, Array]:
    kind = draw(st.sampled_from(sorted(DTYPES)))
    shape = draw(st.lists(st.integers(0, 4), max_size=3))
    count = int(np.prod(shape, dtype=int))
    if kind == "BYTES":
        items = draw(st.lists(st.text(max_size=5), min_size=count, max_size=count))
        return kind, _bytes(*(item.encode() for item in items)).reshape(shape)
    raw = draw(st.binary(min_size=count * 8, max_size=count * 8))
    if DTYPES[kind].kind == "f":
        numbers = np.frombuffer(raw, "<i8").astype(np.float64) / 2.0**40
        return kind, (numbers % 1000).astype(DTYPES[kind]).reshape(shape)
    return kind, np.frombuffer(raw, "<i8").astype(DTYPES[kind]).reshape(shape)


@given(_arrays())
def test_raw_bytes_come_back(case: tuple[str, Array]) -> None:
    """Every datatype and shape survives the binary extension."""
    kind, array = case
    back = from_bytes("x", kind, array.shape, to_bytes(array, kind))
    assert back.dtype == array.dtype
    np.testing.assert_array_equal(back, array)


@given(_arrays())
def test_json_comes_back(case: tuple[str, Array]) -> None:
    """Every datatype and shape survives JSON text."""
    kind, array = case
    text = json.dumps(to_json(array, kind))
    back = from_json("x", kind, array.shape, json.loads(text))
    np.testing.assert_array_equal(back, array)


@given(st.binary(max_size=200), st.none() | st.integers(0, 250))
def test_no_bytes_break_it(body: bytes, length: int | None) -> None:
    """Whatever comes is a request or an InputError."""
    with suppress(InputError):
        decode(body, length)


def test_golden_binary_request() -> None:
    """The layout of the extension, byte by byte: JSON, then tensors in their order."""
    text = (
        b'{"inputs":[{"name":"a","shape":[1,2],"datatype":"FP32","parameters":'
        b'{"binary_data_size":8}},{"name":"s","shape":[2],"datatype":"BYTES","parameters":'
        b'{"binary_data_size":11}},{"name":"flag","shape":[2],"datatype":"BOOL","data":[true,false]}]}'
    )
    raw = b"\x00\x00\x80\x3f\x00\x00\x00\xc0" + b"\x03\x00\x00\x00abc\x00\x00\x00\x00"
    decoded = decode(text + raw, len(text))
    assert decoded.tensors["a"].tolist() == [[1.0, -2.0]]
    assert decoded.tensors["s"].tolist() == [b"abc", b""]
    assert decoded.tensors["flag"].tolist() == [True, False]


def test_golden_responses() -> None:
    """What a client reads: JSON alone, or its length and the tensors after it."""
    tensors = {"y": np.array([[1, 258]], np.int16), "s": _bytes(b"ok")}
    body, length = encode(RESPONSE, tensors, frozenset())
    assert length is None
    assert json.loads(body) == {
        "model_name": "m", "model_version": "1", "id": "7",
        "outputs": [
            {"name": "y", "shape": [1, 2], "datatype": "INT16", "data": [1, 258]},
            {"name": "s", "shape": [1], "datatype": "BYTES", "data": ["ok"]},
        ],
    }  # fmt: skip
    body, length = encode(RESPONSE, tensors, frozenset({"y", "s"}))
    assert body[length:] == b"\x01\x00\x02\x01" + b"\x02\x00\x00\x00ok"
    assert json.loads(body[:length])["outputs"][0]["parameters"] == {"binary_data_size": 4}


def test_which_outputs_are_binary() -> None:
    """One parameter for all outputs, overruled by that of each."""
    request = decode(_request(data=[1, 2])).request
    names = frozenset({"a", "b"})
    assert wanted_binary(request, names) == frozenset()
    everything = {"binary_data_output": True}
    outputs = (RequestedOutput(name="a", parameters={"binary_data": False}),)
    both = type(request)(inputs=request.inputs, parameters=everything, outputs=outputs)
    assert wanted_binary(both, names) == {"b"}


@pytest.mark.parametrize(
    ("body", "length", "said"),
    [
        (b"", None, "body: no inference request"),
        (b"[1]", None, "body: no inference request"),
        (b'{"inputs": [{"name": "x"}]}', None, "shape"),
        (_request(data=[1, 2]), 9999, "JSON length: found 9999"),
        (_request(data=[1, 2]), -1, "JSON length"),
        (_request(), None, "found neither data nor binary_data_size"),
        (_request(data=[1, 2, 3]), None, "found 3 values for shape [2]"),
        (_request(data=["a", "b"]), None, "input x: data is no FP32"),
        (_request(data=[1, 2], datatype="FP128"), None, "datatype 'FP128', allowed: BOOL"),
        (_request(data=[1, 300], datatype="UINT8"), None, "input x: data is no UINT8"),
        (_request(data=[1, 2], datatype="BYTES"), None, "allowed: strings"),
        (_request(data=[1, 2], shape=[-2]), None, "shape [-2]"),
        (_request(parameters={"binary_data_size": 8}), None, "body is shorter"),
        (_request(parameters={"binary_data_size": "8"}), None, "allowed: an integer from 0"),
        (_request(data=[1, 2]) + b"xy", len(_request(data=[1, 2])), "2 bytes after the last"),
    ],
)
def test_refuses(body: bytes, length: int | None, said: str) -> None:
    """The message names the field, what was found and what is allowed."""
    with pytest.raises(InputError) as caught:
        decode(body, length)
    assert said in str(caught.value)


def test_refuses_broken_bytes() -> None:
    """BYTES that end in the middle of an item, numbers that are cut."""
    with pytest.raises(InputError, match="middle of an item at byte 0"):
        from_bytes("x", "BYTES", [1], b"\x05\x00\x00\x00ab")
    with pytest.raises(InputError, match="a multiple of 4"):
        from_bytes("x", "FP32", [1], b"abc")


def test_bytes_that_are_no_text_become_base64() -> None:
    """JSON can carry nothing else."""
    assert to_json(_bytes(b"\xff"), "BYTES") == ["/w=="]
