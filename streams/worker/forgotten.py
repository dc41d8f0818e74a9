"""Has the consumer group forget workers that died on this machine.

After kill -9 the group waits for the dead member's session before it deals its partitions. That a
process is gone can be seen on the machine on which it ran; elsewhere the session has to end.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.group import LeaveGroupRequest

from functions.kafka_access import kafka_at

_PROC: Final = Path("/proc")
_NAME: Final = "synergai-app"
_PARTS: Final = 4
_STATE, _STARTED = 0, 19
"""Of the fields of ``stat`` behind the command's name."""
_DEAD: Final = ("Z", "X")


class Birth(NamedTuple):
    """A process that no other can be taken for, as long as its machine runs."""

    machine: str
    """Boot, and process namespace: a container's pids are its own."""
    pid: int
    started: int

    def client_id(self) -> str:
        """What its clients are called on the broker."""
        return f"{_NAME}.{self.machine}.{self.pid}.{self.started}"


def ours() -> str:
    """The client id of this process; a plain one where the system does not tell."""
    try:
        return Birth(_machine(), os.getpid(), _started(os.getpid())).client_id()
    except (OSError, ValueError):
        return _NAME


def is_gone(client_id: str) -> bool:
    """Whether a worker of this name ran on this machine and is dead. False: not known."""
    parts = client_id.split(".")
    if len(parts) != _PARTS or parts[0] != _NAME:
        return False
    try:
        birth = Birth(parts[1], int(parts[2]), int(parts[3]))
        if birth.machine != _machine():
            return False
    except (OSError, ValueError):
        return False
    try:
        return _started(birth.pid) != birth.started
    except (OSError, ValueError):
        return True


async def forget_dead(bootstrap: str, group: str) -> None:
    """Have the dead members leave the group; where that fails, their sessions end by themselves."""
    with suppress(KafkaError, OSError):
        async with _admin(bootstrap) as admin:
            node = await admin.find_coordinator(group)
            for described in await admin.describe_consumer_groups([group], node):
                for member in _members(described):
                    await admin._send_request(LeaveGroupRequest(group, member), node)  # noqa: SLF001


def _members(described: Any) -> list[str]:
    """The ids of dead members in an answer about groups."""
    return [
        member_id
        for _, _, _, _, _, members, *_ in described.groups
        for member_id, client_id, *_ in members
        if is_gone(client_id)
    ]


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[Any]:
    admin: Any = AIOKafkaAdminClient(**kafka_at(bootstrap))
    try:
        await admin.start()
        yield admin
    finally:
        await admin.close()


def _machine() -> str:
    boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip().replace("-", "")
    return f"{boot}-{(_PROC / 'self/ns/pid').stat().st_ino}"


def _started(pid: int) -> int:
    """When a process began, in ticks since the boot; OSError if it is dead."""
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    if fields[_STATE] in _DEAD:
        raise ProcessLookupError(pid)
    return int(fields[_STARTED])
