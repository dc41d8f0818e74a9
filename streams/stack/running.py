"""The stack while it runs: start in order, restart what crashes, stop everything."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from streams.stack.children import Child, Command, Restarts, described, stop
from streams.stack.plan import Plan, source_pools

Say = Callable[[str], None]


class Broker(Protocol):
    """The part of a broker the stack supervises."""

    bootstrap: str

    def poll(self) -> int | None:
        """None while it runs, else its exit code."""

    def restart(self) -> None:
        """Start it again on the same port and data."""

    def stop(self) -> None:
        """End it."""


class Stack:
    """App, event source and instances of a plan; all of them children of this process."""

    def __init__(
        self, plan: Plan, broker: Broker | None, commands: list[Command], say: Say
    ) -> None:
        """``broker`` None: somebody else's, left alone."""
        self.plan = plan
        self._broker = broker
        self._say = say
        self._restarts = Restarts()
        self._due_s: dict[str, float] = {}
        self._commands = {command.name: command for command in commands}
        self.children = {command.name: Child(command) for command in commands}

    def poll(self) -> None:
        """Notice crashes and start again what is due; call it a few times a second."""
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

    def stop(self, within_s: float = 30.0) -> None:
        """End the children, then the broker."""
        stop(list(self.children.values()), within_s, self._say)
        if self._broker is not None:
            self._broker.stop()

    def _poll_broker(self) -> None:
        code = self._broker.poll() if self._broker is not None else None
        if self._broker is not None and code is not None:
            self._say(f"the broker ended with {described(code)}, starting it again")
            self._broker.restart()


def commands(plan: Plan, folder: Path, app: dict[str, str], bootstrap: str) -> list[Command]:
    """What the children run: app, source, one per instance; ``folder`` gets logs and pools."""
    pools = folder / "pools.json"
    source_pools(plan, pools)
    serve = [
        ("app", ("app", "serve"), app),
        ("source", ("source", "serve", "--pools", str(pools), "--bootstrap", bootstrap), app),
        *((i.name, ("function", "serve"), dict(i.environment)) for i in plan.instances),
    ]
    return [
        _command(name, arguments, environment, folder) for name, arguments, environment in serve
    ]


def _command(
    name: str, arguments: tuple[str, ...], environment: dict[str, str], folder: Path
) -> Command:
    return Command(
        name=name,
        arguments=(sys.executable, "-m", "synergai", *arguments),
        environment=environment,
        log=folder / "logs" / f"{name}.log",
    )


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
