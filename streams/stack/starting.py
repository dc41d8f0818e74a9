"""From a prepared stack to processes that answer, and to none again."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from profiles.store import save
from streams.settings import Settings
from streams.stack.free_ports import free_ports
from streams.stack.plan import LEAN, Plan, count, make, topics
from streams.stack.preparing import Prepared
from streams.stack.readiness import Missing, wait
from streams.stack.running import Broker, Say, Stack, commands, health_urls
from streams.worker.admin import create_topics
from streams.worker.declare import declare

SESSION_S: Final = 3.0
"""A worker that is killed is missed, and its successor served, after so long."""
READY_S: Final = 90.0
"""How long everything together may take until it answers."""


@contextmanager
def started(
    prepared: Prepared, bootstrap: str, broker: Broker | None, folder: Path, say: Say
) -> Iterator[Stack]:
    """Topics, pools and processes inside the ``with``; none of the processes after it.

    ``folder`` gets logs, profiles and the source's pools; ``broker`` is restarted if it crashes.

    Raises:
        BrokerError: Kafka cannot be used.
        StreamsError: the topics are there with another number of partitions.
    """
    settings, profiles = prepared.settings, folder / "profiles.yaml"
    app_port, *ports = free_ports(1 + count(prepared.stack))
    plan = make(prepared.stack, settings, prepared.pacing, bootstrap, ports)
    asyncio.run(_announce(bootstrap, settings, plan))
    save(prepared.profiles, profiles)
    app = app_environment(settings, bootstrap, profiles, app_port, ours=broker is not None)
    stack = Stack(plan, broker, commands(plan, folder, app, bootstrap), app_port, say)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


def until_ready(stack: Stack, show: Callable[[Missing], None], within_s: float = READY_S) -> None:
    """Wait until everything answers; ``show`` is told who is missing.

    Raises:
        StreamsError, StackError: a child ended; with its last lines.
        StackError: somebody does not answer in time.
    """

    def step(missing: Missing) -> None:
        stack.check()
        show(missing)

    wait(health_urls(stack.plan, stack.app_port), within_s, step)
    stack.check()


def app_environment(
    settings: Settings, bootstrap: str, profiles: Path, port: int, *, ours: bool
) -> dict[str, str]:
    """What the app and the event source are told besides our own environment.

    ``ours``: the broker, which allows a shorter session than others do, unless one was asked for.
    """
    asked = settings.session_timeout_s != Settings().session_timeout_s
    session_s = settings.session_timeout_s if asked or not ours else SESSION_S
    return {
        **LEAN,
        "SYNERGAI_KAFKA_BOOTSTRAP": bootstrap,
        "SYNERGAI_TOPIC_PREFIX": settings.topic_prefix,
        "SYNERGAI_POLICY": settings.policy,
        "SYNERGAI_TUNING_FILE": str(settings.data / "tuned.json"),
        "SYNERGAI_PROFILES": str(profiles),
        "SYNERGAI_APP_PORT": str(port),
        "SYNERGAI_SESSION_TIMEOUT_S": f"{session_s:g}",
        "SYNERGAI_DATA": str(settings.data),
        "SYNERGAI_CACHE": str(settings.cache),
    }


async def _announce(bootstrap: str, settings: Settings, plan: Plan) -> None:
    await create_topics(bootstrap, topics(plan, settings))
    await declare(bootstrap, settings, plan.pools)
