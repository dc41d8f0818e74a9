"""The Open Inference Protocol's routes, health and metrics."""

import asyncio
from pathlib import Path

import pytest

from tests.support.function_server import serving, until

REQUEST = {
    "id": "42",
    "inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [[1, 2, 3, 4]]}],
}


async def test_metadata(tmp_path: Path) -> None:
    """Server and models describe themselves."""
    async with serving(tmp_path) as server:
        found = (await server.client.get("/v2")).json()
        assert (found["name"], found["extensions"]) == ("synergai", ["binary_tensor_data"])
        for path in ("/v2/models/double", "/v2/models/double/versions/1"):
            assert (await server.client.get(path)).json() == {
                "name": "double", "versions": ["1"], "platform": "onnxruntime_onnx",
                "inputs": [{"name": "x", "datatype": "FP32", "shape": [-1, 4]}],
                "outputs": [{"name": "y", "datatype": "FP32", "shape": [-1, 4]}],
            }  # fmt: skip
            assert (await server.client.get(f"{path}/ready")).status_code == 200


@pytest.mark.parametrize("path", ["/v2/models/double", "/v2/models/double/versions/1"])
async def test_infer(tmp_path: Path, path: str) -> None:
    """The net's outputs under the request's id."""
    async with serving(tmp_path) as server:
        response = await server.client.post(f"{path}/infer", json=REQUEST)
        assert response.json() == {
            "model_name": "double", "model_version": "1", "id": "42",
            "outputs": [{"name": "y", "shape": [1, 4], "datatype": "FP32", "data": [2, 4, 6, 8]}],
        }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "changed", "status", "said"),
    [
        ("other", {}, 404, "model: found 'other', allowed: double"),
        ("double/versions/9", {}, 404, "version: found '9', allowed: 1"),
        ("double", {"outputs": [{"name": "z"}]}, 400, "outputs: found 'z', allowed: y"),
        ("double", {"inputs": []}, 400, "inputs: found [], allowed: exactly ['x']"),
        ("double", {"inputs": 3}, 400, "no inference request"),
    ],
)
async def test_refusals(
    tmp_path: Path, path: str, changed: dict[str, object], status: int, said: str
) -> None:
    """Errors are JSON objects with one field."""
    async with serving(tmp_path) as server:
        response = await server.client.post(f"/v2/models/{path}/infer", json=REQUEST | changed)
        assert response.status_code == status
        assert list(response.json()) == ["error"]
        assert said in response.json()["error"]


async def test_the_same_queue(tmp_path: Path) -> None:
    """Inference requests are listed, wait and are refused like placements."""
    async with serving(tmp_path, queue_limit=1) as server:
        server.doubling.gate.clear()
        first = asyncio.create_task(server.place())
        await until(lambda: len(server.holdings.capacity(0).running) == 1)
        path = "/v2/models/double/infer"
        second = asyncio.create_task(server.client.post(path, json=REQUEST))
        await until(lambda: len(server.holdings.capacity(0).queued) == 1)
        assert (await server.client.post(path, json=REQUEST)).status_code == 503
        server.doubling.gate.set()
        assert (await second).status_code == 200
        await first


@pytest.mark.parametrize("prefix", ["", "/v2"])
async def test_health(tmp_path: Path, prefix: str) -> None:
    """Alive from the start, ready when open, not ready while draining."""
    async with serving(tmp_path, opened=False) as server:
        get = server.client.get
        assert (await get(f"{prefix}/health/live")).status_code == 200
        assert (await get(f"{prefix}/health/ready")).status_code == 503
        assert (await get("/v2/models/double/ready")).status_code == 503
        server.instance.open()
        assert (await get(f"{prefix}/health/ready")).status_code == 200
        await server.instance.drain()
        assert (await get(f"{prefix}/health/ready")).status_code == 503


async def test_no_such_route(tmp_path: Path) -> None:
    """Wrong paths and methods are JSON errors too."""
    async with serving(tmp_path) as server:
        assert (await server.client.get("/nowhere")).json() == {"error": "Not Found"}
        assert (await server.client.get("/")).status_code == 405


async def test_metrics(tmp_path: Path) -> None:
    """Seconds by step and requests by outcome, labelled by model and place, never by an id."""
    async with serving(tmp_path) as server:
        await server.place()
        await server.place(b"words", identity="b")
        text = (await server.client.get("/metrics")).text
        where = 'architecture="jetson",configuration="onnxruntime-fp32-t1-b1",model="double"'
        for step in ("queue", "prepare", "compute", "pace", "finish", "service"):
            assert f"synergai_function_{step}_seconds_count{{{where}}} 1.0" in text
        for outcome in ("answered", "failed"):
            assert f'synergai_function_requests_total{{{where},outcome="{outcome}"}} 1.0' in text
        assert "synergai_function_held 0.0" in text
        assert "default/src" not in text
