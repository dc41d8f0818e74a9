"""Claim checks through the whole function server."""

from pathlib import Path

import msgspec
import pytest

from functions.schema import Feedback
from tests.support.function_server import Server, serving

pytest.importorskip("fsspec")


def allowed(folder: Path) -> str:
    """A folder of payloads, with one."""
    payloads = folder / "payloads"
    payloads.mkdir()
    (payloads / "4711").write_bytes(b"1 2 3 4")
    return f"file://{payloads}"


async def placed(server: Server, reference: str, **more: str) -> Feedback:
    """What the app is told of a placement whose payload lies elsewhere."""
    response = await server.place(b"", {"dataref": reference, **more})
    assert (response.status_code, response.content) == (200, b"")
    return server.feedback()[-1]


async def test_the_payload_is_fetched(tmp_path: Path) -> None:
    """And computed as if it had come along."""
    place = allowed(tmp_path)
    async with serving(tmp_path, claim_checks=(place,)) as server:
        assert (await placed(server, f"{place}/4711", datasize="7")).verdict == "answered"
        body = msgspec.json.decode(server.reporter.sent[0].event.data)
        assert body["outputs"][0]["data"] == ['{"doubled":[2.0,4.0,6.0,8.0]}']


async def test_what_is_not_there_has_failed_for_good(tmp_path: Path) -> None:
    """The reason is a word for programs, the message names the reference."""
    place = allowed(tmp_path)
    async with serving(tmp_path, claim_checks=(place,)) as server:
        said = await placed(server, f"{place}/other")
        assert (said.verdict, said.permanent, said.reason) == ("failed", True, "bad-dataref")
        assert f"{place}/other' is not there" in said.message


async def test_nothing_is_fetched_from_elsewhere(tmp_path: Path) -> None:
    """Without settings from nowhere at all; a link does not lead out of an allowed folder."""
    place = allowed(tmp_path)
    (tmp_path / "secret").write_bytes(b"1")
    (tmp_path / "payloads" / "link").symlink_to(tmp_path / "secret")
    async with serving(tmp_path) as server:
        assert "allowed below: none" in (await placed(server, f"{place}/4711")).message
    async with serving(tmp_path, claim_checks=(place,)) as server:
        assert "allowed below" in (await placed(server, f"file://{tmp_path}/secret")).message
        assert "leads out of" in (await placed(server, f"{place}/link")).message


async def test_a_scheme_without_its_library_says_so(tmp_path: Path) -> None:
    """It fails for good on this instance, with the name of what is missing."""
    places = ("s3://bucket/in", "nonsense://x")
    async with serving(tmp_path, claim_checks=places) as server:
        assert "Install s3fs" in (await placed(server, "s3://bucket/in/1")).message
        assert "nonsense" in (await placed(server, "nonsense://x/1")).message


async def test_events_by_hand_are_resolved_too(tmp_path: Path) -> None:
    """A payload that is not there is the sender's mistake."""
    place = allowed(tmp_path)
    async with serving(tmp_path, claim_checks=(place,)) as server:
        found = await server.post(b"", dataref=f"{place}/4711")
        assert "doubled" in found.text
        missing = await server.post(b"", dataref=f"{place}/other")
        assert (missing.status_code, "is not there" in missing.text) == (400, True)
