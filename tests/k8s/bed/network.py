"""A network of the cluster's own: Knative's fixed ports and the pods' addresses clash with nothing.

It lives as long as the process that holds it: when that dies, so do all its links and addresses.
"""

import itertools
import random
import subprocess
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.k8s.bed.process import Process

_BRIDGE: Final = "pods"
_AUTOSCALER: Final = "autoscaler.knative-serving.svc.cluster.local"


class Space:
    """A network of its own and what else ``flags`` of unshare say, held by a process that sleeps.

    ``host``: the name of the machine as seen from inside.
    """

    def __init__(self, log: Path, host: str, *flags: str) -> None:
        named = f"echo {host[:63]} >/proc/sys/kernel/hostname; exec sleep infinity"
        command = ["unshare", "--net", "--uts", *flags, "sh", "-c", named]
        self._holder = Process(command, log)
        self._holder.until(self._is_apart, "a network of its own is there")

    @property
    def pid(self) -> int:
        """Of the holder."""
        return self._holder.pid

    def entered(self, *kinds: str) -> list[str]:
        """Words in front of a command that let it run in here; ``kinds``: net, uts, mnt."""
        names = {"net": "--net", "uts": "--uts", "mnt": "--mount"}
        return ["nsenter", *(f"{names[kind]}=/proc/{self.pid}/ns/{kind}" for kind in kinds), "--"]

    def ip(self, *lines: str) -> None:
        """Run lines of the ip command in here.

        Raises:
            subprocess.CalledProcessError: one of them is refused.
        """
        batch("\n".join(lines), self.entered("net"))

    def close(self) -> None:
        """End the holder; what else runs in here must have ended."""
        self._holder.stop()

    def _is_apart(self) -> bool:
        here, there = (Path(f"/proc/{who}/ns/net").readlink() for who in ("self", self.pid))
        return here != there


class Network:
    """A bridge to which pods are plugged, and this machine with them."""

    def __init__(self, folder: Path) -> None:
        draw = random.SystemRandom()
        self._subnet = f"10.{draw.randrange(200, 250)}.{draw.randrange(256)}"
        self._link = f"sai{draw.randrange(16**6):06x}"
        self._folder = folder
        self._ended = ExitStack()
        self._pods = itertools.count(1)

    @property
    def machine(self) -> str:
        """The address under which pods find this machine."""
        return f"{self._subnet}.254"

    @property
    def cluster(self) -> str:
        """The address of Knative's programs."""
        return f"{self._subnet}.1"

    @property
    def inside(self) -> list[str]:
        """Words in front of a program that runs at `cluster`."""
        return self._space.entered("net", "mnt")

    def __enter__(self) -> Self:
        flags = ("--mount", "--propagation", "private")
        self._space = Space(self._folder / "network.log", "cluster", *flags)
        self._ended.callback(self._space.close)
        try:
            self._plug_machine()
            self._name_autoscaler()
        except BaseException:
            self._ended.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.close()

    def plug(self, pod: Space) -> str:
        """Give a pod an address; after 250 pods the first one's is given again."""
        number = next(self._pods)
        address = f"{self._subnet}.{number % 250 + 2}"
        self._space.ip(
            f"link add pod{number} type veth peer name eth0 netns {pod.pid}",
            f"link set pod{number} master {_BRIDGE} up",
        )
        pod.ip(
            "link set lo up",
            f"address add {address}/24 dev eth0",
            "link set eth0 up",
            f"route add default via {self.cluster}",
        )
        return address

    def _plug_machine(self) -> None:
        batch(
            f"link add {self._link} type veth peer name machine netns {self._space.pid}\n"
            f"address add {self.machine}/24 dev {self._link}\n"
            f"link set {self._link} up"
        )
        self._space.ip(
            "link set lo up",
            f"link add {_BRIDGE} type bridge",
            f"address add {self.cluster}/24 dev {_BRIDGE}",
            f"link set {_BRIDGE} up",
            f"link set machine master {_BRIDGE} up",
        )

    def _name_autoscaler(self) -> None:
        """The activator looks the autoscaler up by its name."""
        hosts = self._folder / "hosts"
        hosts.write_text(f"127.0.0.1 localhost\n{self.cluster} {_AUTOSCALER}\n")
        subprocess.run([*self.inside, "mount", "--bind", hosts, "/etc/hosts"], check=True)


def batch(lines: str, inside: Sequence[str] = ()) -> None:
    """Run lines of the ip command.

    Raises:
        subprocess.CalledProcessError: one of them is refused.
    """
    subprocess.run([*inside, "ip", "-batch", "-"], input=lines, text=True, check=True)
