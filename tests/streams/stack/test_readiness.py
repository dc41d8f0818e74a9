"""Waiting until processes answer."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from streams.errors import StackError
from streams.stack.free_ports import free_ports
from streams.stack.readiness import Missing, reason, wait


class _Answers(BaseHTTPRequestHandler):
    """200 for /good, 503 with a reason for the rest."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200 if self.path == "/good" else 503)
        self.end_headers()
        self.wfile.write(b'{"reasons": ["partition 1 is not restored"]}')

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def url() -> Iterator[str]:
    """A server of its own."""
    with HTTPServer(("127.0.0.1", 0), _Answers) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_reason_is_what_the_process_says(url: str) -> None:
    """200 has none; 503 says why; nobody there says that."""
    assert reason(f"{url}/good") == ""
    assert "partition 1 is not restored" in reason(f"{url}/bad")
    assert reason(f"http://127.0.0.1:{free_ports(1)[0]}/").startswith("no answer")


def test_waits_until_all_answer_and_tells_who_is_missing() -> None:
    """Those that answered are not asked again."""
    left = {"app": 2, "gpu-1": 1}
    told: list[list[str]] = []

    def probe(name: str) -> str:
        left[name] -= 1
        return "starting" if left[name] >= 0 else ""

    wait({name: name for name in left}, 60, lambda missing: told.append(sorted(missing)), probe)
    assert told == [["app", "gpu-1"], ["app"]]
    assert left["gpu-1"] == -1


def test_gives_up_with_names_and_reasons() -> None:
    """Nobody waits for ever."""
    seen: list[Missing] = []
    with pytest.raises(StackError, match=r"not ready within 0 s: app \(no topics\)"):
        wait({"app": "x"}, 0, seen.append, lambda _: "no topics")
    assert seen == [{"app": "no topics"}]
