"""Every test that asks for ``backend`` runs in memory and on the embedded broker."""

import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.support import stream_backends
from tests.support.stream_backends import Backend


@pytest_asyncio.fixture(
    scope="module", loop_scope="module",
    params=["memory", pytest.param("kafka", marks=[pytest.mark.kafka, pytest.mark.timeout(120)])],
)  # fmt: skip
async def backend(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Backend]:
    """Where the test runs; shared by a module, so ids must not repeat."""
    prefix = f"t{uuid.uuid4().hex[:10]}"
    if request.param == "memory":
        async with stream_backends.memory(prefix) as found:
            yield found
        return
    bootstrap = request.getfixturevalue("broker").bootstrap
    folder = tmp_path_factory.mktemp("backend")
    async with stream_backends.kafka(prefix, bootstrap, folder) as found:
        yield found
