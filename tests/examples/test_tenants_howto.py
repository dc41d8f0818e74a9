"""The how-to about overload and tenants: its limits and its snippet, on a real worker."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from streams.client import Client
from tests.support.broker import Bootstrap
from tests.support.waiting import until
from tests.support.worker_process import Deployment

TEXT = (Path(__file__).parents[2] / "docs" / "howto" / "overload-and-tenants.md").read_text()
(LIMITS,) = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
(SNIPPET,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.kafka
@pytest.mark.timeout(240)
async def test_snippets(broker: Bootstrap, topic_prefix: str, tmp_path: Path) -> None:
    """The one tenant is told at once what cannot be met, the other that its quota is used up."""
    (tmp_path / "tenants.json").write_text(LIMITS)
    deployment = Deployment(broker.bootstrap, topic_prefix, tmp_path, tenants=("acme", "lab"))
    await deployment.prepare()
    limits = str(tmp_path / "tenants.json")
    with deployment.worker(SYNERGAI_TENANT_LIMITS=limits) as worker:
        await worker.ready()
        here = SNIPPET.replace("127.0.0.1:9092", broker.bootstrap).replace("magika", "slow")
        here = here.replace('prefix="synergai"', f"prefix={topic_prefix!r}")
        ended = await asyncio.to_thread(_run, here)
        assert ended.stdout.startswith("rejected unmeetable predicted 10."), ended.stderr
        with Client(broker.bootstrap, tenant="lab", prefix=topic_prefix) as client:
            for number in range(5):
                client.submit("quick", b"x", deadline_s=60.0, request_id=f"r-{number}")
            await until(lambda: _rejected(worker.get("/metrics")[1]) >= 1)
        page = worker.get("/metrics")[1]
    assert 'synergai_rejections_total{reason="unmeetable",tenant="acme"} 1.0' in page
    assert 1 <= _rejected(page) <= 3, "two at once, and one more for each second that it took"


def _run(snippet: str) -> "subprocess.CompletedProcess[str]":
    program = [sys.executable, "-c", snippet]
    return subprocess.run(program, capture_output=True, text=True, check=False, timeout=90)


def _rejected(page: str) -> float:
    found = re.search(r'rejections_total\{reason="quota",tenant="lab"\} ([0-9.]+)', page)
    return float(found[1]) if found else 0.0
