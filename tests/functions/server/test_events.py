"""CloudEvents posted by hand, and whatever else is posted there."""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from functions.errors import InputError
from functions.rfc3339 import render
from functions.schema import RESULT_TYPE
from functions.server.body import unpack
from tests.support.function_server import attributes, serving


def _oip(binary: bool = False, **parameters: object) -> bytes:
    row: dict[str, object] = {"name": "x", "shape": [1, 4], "datatype": "FP32"}
    row |= {"parameters": {"binary_data_size": 16}} if binary else {"data": [1, 2, 3, 4]}
    return json.dumps({"inputs": [row], "parameters": parameters}).encode()


async def test_answered_in_the_response(tmp_path: Path) -> None:
    """The answer is a CloudEvent in binary mode; Kafka is not needed for it."""
    async with serving(tmp_path, kafka=False) as server:
        response = await server.post()
        found = attributes(response.headers)
        assert (found["type"], found["correlationid"], found["subject"]) == (
            RESULT_TYPE,
            "7",
            "double",
        )
        assert response.json()["outputs"][0]["data"] == ['{"doubled":[2.0,4.0,6.0,8.0]}']
        assert response.json()["id"] == "7"


async def test_structured_mode(tmp_path: Path) -> None:
    """The event may be one JSON object."""
    event = {
        "specversion": "1.0", "id": "7", "source": "s", "type": "t", "subject": "double",
        "datacontenttype": "text/plain", "data_base64": base64.b64encode(b"1 1 1 1").decode(),
    }  # fmt: skip
    async with serving(tmp_path) as server:
        response = await server.client.post(
            "/", content=json.dumps(event), headers={"content-type": "application/cloudevents+json"}
        )
        assert "[2.0,2.0,2.0,2.0]" in response.json()["outputs"][0]["data"][0]
        assert server.reporter.sent == []


async def test_published_where_it_says(tmp_path: Path) -> None:
    """With Kafka and a reply topic the answer goes there too."""
    async with serving(tmp_path) as server:
        response = await server.post(replytopic="mine")
        assert response.status_code == 200
        assert [(r.topic, r.key, r.event.data) for r in server.reporter.sent] == [
            ("mine", b"7", response.content)
        ]


async def test_tensors_as_json(tmp_path: Path) -> None:
    """An inference request as data gives the net's own outputs."""
    async with serving(tmp_path) as server:
        response = await server.post(_oip(), datacontenttype="application/json")
        assert response.json()["outputs"] == [
            {"name": "y", "shape": [1, 4], "datatype": "FP32", "data": [2.0, 4.0, 6.0, 8.0]}
        ]


@pytest.mark.parametrize("place", ["extension", "parameter", "header"])
async def test_binary_tensors(tmp_path: Path, place: str) -> None:
    """The length of the JSON part stands in the extension, the media type or the HTTP header."""
    text = _oip(binary=True, binary_data_output=True)
    body = text + np.array([1, 2, 3, 4], "<f4").tobytes()
    given = {"datacontenttype": "application/octet-stream"}
    async with serving(tmp_path) as server:
        if place == "parameter":
            given["datacontenttype"] += f"; inference-header-content-length={len(text)}"
        if place == "extension":
            given["inferenceheadercontentlength"] = str(len(text))
        if place == "header":
            server.client.headers["inference-header-content-length"] = str(len(text))
        response = await server.post(body, **given)
        assert response.status_code == 200, response.text
        length = int(attributes(response.headers)["inferenceheadercontentlength"])
        assert response.headers["content-type"] == "application/octet-stream"
        assert np.frombuffer(response.content[length:], "<f4").tolist() == [2, 4, 6, 8]


@pytest.mark.parametrize("where", ["input", "request", "nowhere"])
async def test_media_inside_an_inference_request(tmp_path: Path, where: str) -> None:
    """A BYTES input named payload is raw media; its type may be said on input or request."""
    typed = {"content_type": "text/plain"}
    row: dict[str, object] = {
        "name": "payload",
        "shape": [1],
        "datatype": "BYTES",
        "data": ["1 2 3 4"],
    }
    row |= {"parameters": typed} if where == "input" else {}
    request = {"inputs": [row], "parameters": typed if where == "request" else {}}
    async with serving(tmp_path) as server:
        body = json.dumps(request).encode()
        response = await server.post(body, datacontenttype="application/json")
        assert response.json()["outputs"][0]["data"] == ['{"doubled":[2.0,4.0,6.0,8.0]}']


@pytest.mark.parametrize(
    ("body", "given", "status", "said"),
    [
        (b"words", {}, 400, "no numbers"),
        (b"1 2 3 4", {"subject": "other"}, 404, "found 'other', allowed: double"),
        (b"bug", {}, 500, "a bug of the model"),
        (b"later", {}, 503, "not now"),
        (b"{}", {"datacontenttype": "application/json"}, 400, "no inference request"),
        (b"{}", {"inferenceheadercontentlength": "two"}, 400, "allowed: a number of bytes"),
        (b"1 2 3 4", {"time": render(9.0), "expirytime": render(8.0)}, 504, "lease or expiry"),
        (b"1 2 3 4", {"time": "now", "deadline": render(9.0)}, 400, "header ce-time"),
    ],
)
async def test_what_cannot_be_answered(
    tmp_path: Path, body: bytes, given: dict[str, str], status: int, said: str
) -> None:
    """The status says whose fault it is, the message what to do."""
    async with serving(tmp_path) as server:
        response = await server.post(body, **given)
        assert (response.status_code, said in response.json()["error"]) == (status, True)
        assert len(server.holdings) == 0


@pytest.mark.parametrize(
    ("headers", "content", "said"),
    [
        ({}, b"hello", "header ce-specversion: found ''"),
        ({"ce-specversion": "0.3"}, b"", "found '0.3', allowed: '1.0'"),
        ({"ce-specversion": "1.0", "ce-source": "s"}, b"", "header ce-type"),
        ({"content-type": "application/cloudevents+json"}, b"[", "no JSON object"),
        ({"content-encoding": "br"}, b"x", "content-encoding: found 'br', allowed: gzip, deflate"),
        ({"content-encoding": "gzip"}, b"hello", "body: no gzip"),
    ],
)
async def test_malformed_events(
    tmp_path: Path, headers: dict[str, str], content: bytes, said: str
) -> None:
    """400 with the header, what was found and what is allowed."""
    async with serving(tmp_path) as server:
        response = await server.client.post("/", content=content, headers=headers)
        assert (response.status_code, said in response.json()["error"]) == (400, True)


async def test_not_yet_open(tmp_path: Path) -> None:
    """An instance that starts refuses with 503."""
    async with serving(tmp_path, opened=False) as server:
        response = await server.post()
        assert (response.status_code, response.json()) == (
            503,
            {"error": "the instance is starting"},
        )


def test_unpacking_is_bounded() -> None:
    """A small body cannot become a huge one, and a cut one is refused."""
    assert unpack(gzip.compress(b"abc"), "gzip", 3) == b"abc"
    with pytest.raises(InputError, match="more than"):
        unpack(gzip.compress(b"a" * 100), "gzip", 50)
    with pytest.raises(InputError, match="ends too early"):
        unpack(gzip.compress(b"abc")[:-4], "gzip")
