"""A function as a process: an official client, drain, exit codes."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import numpy as np
import pytest
import tritonclient.http as triton

from tests.support.function_process import running, started

PATIENCE_S = 60


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running function with the tiny net on both engines."""
    environment = {"SYNERGAI_MODELS": "double,double-lite", "SYNERGAI_SLOTS": "2"}
    with running(tmp_path_factory.mktemp("models"), environment) as (_, address):
        yield address


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Any]:
    """The official HTTP client of Triton."""
    client = triton.InferenceServerClient(address, network_timeout=PATIENCE_S)
    yield client
    client.close()


def test_official_client_reads_health_and_metadata(client: Any) -> None:
    """It finds server and models, alive and ready, and what they take."""
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("double-lite")
    assert client.get_server_metadata()["name"] == "synergai"
    described = client.get_model_metadata("double-lite", "1")
    assert described["inputs"] == [{"name": "x", "datatype": "FP32", "shape": [-1, 4]}]


@pytest.mark.parametrize("model", ["double", "double-lite"])
@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("packed", [None, "gzip", "deflate"])
def test_official_client_infers(client: Any, model: str, binary: bool, packed: str | None) -> None:
    """Tensors as JSON and binary, plain and compressed."""
    x = np.arange(8, dtype=np.float32).reshape(2, 4)
    tensor = triton.InferInput("x", [2, 4], "FP32")
    tensor.set_data_from_numpy(x, binary_data=binary)
    wanted = triton.InferRequestedOutput("y", binary_data=binary)
    result = client.infer(
        model, [tensor], outputs=[wanted], request_id="9", request_compression_algorithm=packed
    )
    np.testing.assert_array_equal(result.as_numpy("y"), x + x)
    assert result.get_response()["id"] == "9"


def test_official_client_sends_media(client: Any) -> None:
    """A BYTES input named payload reaches the model's own processing."""
    tensor = triton.InferInput("payload", [1], "BYTES")
    tensor.set_data_from_numpy(np.array([b"1 2 3 4"], dtype=object))
    answer = client.infer("double", [tensor]).as_numpy("answer")
    assert answer.tolist() == [b'{"doubled":[2.0,4.0,6.0,8.0]}']


def test_official_client_is_told_of_errors(client: Any) -> None:
    """Its exception carries our message."""
    tensor = triton.InferInput("x", [1, 5], "FP32")
    tensor.set_data_from_numpy(np.ones((1, 5), np.float32))
    with pytest.raises(triton.InferenceServerException, match=r"found shape \[1, 5\]"):
        client.infer("double", [tensor])


def _infer(address: str, answers: list[Any]) -> None:
    client = triton.InferenceServerClient(address, network_timeout=PATIENCE_S)
    tensor = triton.InferInput("payload", [1], "BYTES")
    tensor.set_data_from_numpy(np.array([b"1 2 3 4"], dtype=object))
    answers.append(client.infer("double", [tensor]).as_numpy("answer")[0])
    client.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_drains(tmp_path: Path, number: signal.Signals) -> None:
    """A signal while it computes: the answer is given, then it ends with 0 and says nothing."""
    with running(tmp_path, {}) as (process, address):
        (tmp_path / "closed").touch()
        answers: list[Any] = []
        asking = threading.Thread(target=_infer, args=[address, answers])
        asking.start()
        _until_metric(address, "synergai_function_held 1.0")
        process.send_signal(number)
        _until_unready(address)
        assert answers == []
        (tmp_path / "closed").unlink()
        asking.join(PATIENCE_S)
        assert answers == [b'{"doubled":[2.0,4.0,6.0,8.0]}']
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr
        assert process.stderr.read() == ""


def test_drain_is_bounded(tmp_path: Path) -> None:
    """What does not end in time does not keep the process."""
    with running(tmp_path, {"SYNERGAI_DRAIN_S": "0.2"}) as (process, address):
        (tmp_path / "closed").touch()
        asking = threading.Thread(target=_failing, args=[address])
        asking.start()
        _until_metric(address, "synergai_function_held 1.0")
        process.terminate()
        code = process.wait(PATIENCE_S)
        asking.join(PATIENCE_S)
        assert code == 0
        assert process.stderr
        assert "1 requests were not finished in 0.2 s" in process.stderr.read()


def test_ends_while_it_waits_for_kafka(tmp_path: Path) -> None:
    """A signal before it is ready ends it at once with 0, having said why it waited."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {"SYNERGAI_KAFKA_BOOTSTRAP": f"127.0.0.1:{port}"}
    with started(tmp_path, environment) as process:
        assert process.stderr
        assert "Kafka is away" in process.stderr.readline()
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SYNERGAI_MODELS": "other"}, "model: found 'other', allowed: double, double-lite"),
        ({"SYNERGAI_MODELS": ""}, "models: found none"),
        ({"SYNERGAI_CONFIGURATION": "fast"}, "configuration: found 'fast', allowed: engine-"),
        ({"SYNERGAI_CONFIGURATION": "torch-fp32-t1-b1"}, "found engine 'torch', allowed: auto"),
        ({"SYNERGAI_PACE": "other=2"}, "pace: found other, allowed: double"),
        ({"SYNERGAI_SLOTS": "0"}, "slots"),
        ({"SYNERGAI_KAFKA_BOOTSTRAP": "kafka:port"}, "kafka_bootstrap: found 'kafka:port'"),
        ({"SYNERGAI_HOST": "256.0.0.1"}, "cannot listen on 256.0.0.1:0"),
    ],
)
def test_wrong_settings(tmp_path: Path, environment: dict[str, str], said: str) -> None:
    """Exit code 2 and a message, no stack trace."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.support.function_process", str(tmp_path)],
        env={"SYNERGAI_MODELS": "double", "SYNERGAI_PORT": "0", "PATH": "", **environment},
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert process.returncode == 2
    assert said in process.stderr
    assert "Traceback" not in process.stderr


def _failing(address: str) -> None:
    with suppress(Exception):  # which error a cut connection is depends on timing
        _infer(address, [])


def _until_metric(address: str, line: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while True:
        with urlopen(f"http://{address}/metrics") as response:
            if line in response.read().decode():
                return
        assert time.monotonic() < until_s
        time.sleep(0.02)


def _until_unready(address: str) -> None:
    until_s = time.monotonic() + PATIENCE_S
    client = triton.InferenceServerClient(address, network_timeout=PATIENCE_S)
    while client.is_server_ready():
        assert time.monotonic() < until_s
        time.sleep(0.02)
    client.close()
