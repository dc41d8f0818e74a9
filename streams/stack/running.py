"""The stack while it runs: start in order, restart what crashes, stop everything."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import msgspec

from streams.errors import StackError, StreamsError
from streams.stack.children import Child, Command, Restarts, described, stop
from streams.stack.plan import DRAIN_S, Plan, source_pools

STOP_S: Final = DRAIN_S + 7.0
"""How long children may take to end."""
_WRONG: Final = 2
"""The exit code of wrong usage or input."""

Say = Callable[[str], None]


class Broker(Protocol):
    """The part of a broker the stack supervises."""

    @property
    def bootstrap(self) -> str:
        """Where clients connect."""

    def poll(self) -> int | None:
        """None while it runs, else its exit code."""

    def restart(self) -> None:
        """Start it again on the same port and data."""


class Stack:
    """App, event source and instances of a plan; all of them children of this process."""

    def __init__(
        self,
        plan: Plan,
        broker: Broker | None,
        commands: Sequence[Command],
        app_port: int,
        say: Say,
    ) -> None:
        """``broker`` None: somebody else's, left alone."""
        self.plan = plan
        self.app_port = app_port
        self._broker = broker
        self._say = say
        self._restarts = Restarts()
        self._due_s: dict[str, float] = {}
        self._commands = {command.name: command for command in commands}
        self.children: dict[str, Child] = {}

    def start(self) -> None:
        """Start every child."""
        for name, command in self._commands.items():
            self.children[name] = Child(command)

    def check(self) -> None:
        """Before the stack is ready, a child that ended will not get better; the broker may.

        Raises:
            BrokerError: the broker ended and does not start again.
            StreamsError: it was told something wrong (exit code 2); with its last lines.
            StackError: it failed otherwise; with its last lines.
        """
        self._poll_broker()
        for child in self.children.values():
            code = child.exit_code()
            if code is not None:
                raise (
                    StreamsError(child.failure()) if code == _WRONG else StackError(child.failure())
                )

    def poll(self) -> None:
        """Notice crashes and start again what is due; call it a few times a second.

        Raises:
            BrokerError: the broker ended and does not start again.
        """
        now_s = time.monotonic()
        self._poll_broker()
        for name, child in self.children.items():
            code = child.exit_code()
            if code is not None and name not in self._due_s:
                self._due_s[name] = self._restarts.crashed(name, now_s)
                self._say(f"{name} ended with {described(code)}, starting it again")
                self._say(f"  its last words are in {child.command.log}")
        for name in [name for name, due_s in self._due_s.items() if due_s <= now_s]:
            del self._due_s[name]
            self.children[name] = Child(self._commands[name])
            self._say(f"{name} runs again as process {self.children[name].pid}")

    def stop(self, within_s: float = STOP_S) -> None:
        """End the children; the broker is ended by whoever started it."""
        stop(list(self.children.values()), within_s, self._say)

    def _poll_broker(self) -> None:
        code = self._broker.poll() if self._broker is not None else None
        if self._broker is not None and code is not None:
            self._say(f"the broker ended with {described(code)}, starting it again")
            self._broker.restart()
            self._say(f"the broker runs again on {self._broker.bootstrap}")


def commands(plan: Plan, folder: Path, app: Mapping[str, str], bootstrap: str) -> list[Command]:
    """What the children run: app, source, one per instance.

    ``folder`` gets the source's pools and the logs; logs of an earlier run are kept beside them.
    """
    pools = folder / "pools.json"
    source_pools(plan, pools)
    serve = [
        ("app", ("app", "serve"), app),
        ("source", ("source", "serve", "--pools", str(pools), "--bootstrap", bootstrap), app),
        *((i.name, ("function", "serve"), i.environment) for i in plan.instances),
    ]
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    return [command(name, arguments, environment, logs) for name, arguments, environment in serve]


def command(
    name: str, arguments: tuple[str, ...], environment: Mapping[str, str], logs: Path
) -> Command:
    """``synergai ARGUMENTS`` with its log in ``logs``; the log of an earlier run is kept."""
    log = logs / f"{name}.log"
    if log.exists():
        log.replace(logs / f"{name}.before.log")
    return Command(
        name=name,
        arguments=(sys.executable, "-P", "-m", "synergai", *arguments),  # -P: not from this folder
        environment=environment,
        log=log,
    )


def health_urls(plan: Plan, app_port: int) -> dict[str, str]:
    """Name to URL of everything that says whether it is ready."""
    instances = {i.name: f"{i.url}/v2/health/ready" for i in plan.instances}
    return {"app": f"http://127.0.0.1:{app_port}/health", **instances}


def write_down(folder: Path, bootstrap: str, pid: int, plan: Plan, app_port: int) -> Path:
    """Leave ``stack.json`` so that commands find the running stack."""
    path = folder / "stack.json"
    instances = [{"name": i.name, "pool": i.pool, "url": i.url} for i in plan.instances]
    found = {
        "bootstrap": bootstrap, "pid": pid, "app": f"http://127.0.0.1:{app_port}",
        "instances": instances,
    }  # fmt: skip
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    return path
