"""etcd, API server, controller manager and scheduler."""

import json
import os
import secrets
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from streams.stack.free_ports import free_ports
from tests.k8s.bed.process import Process
from tests.k8s.bed.rest import Rest
from tests.k8s.bed.tools import Tools


class ControlPlane:
    """One cluster's brain on free ports; everything it writes lies under ``folder``.

    ``address``: where processes in other networks find the API server; it listens there only.
    """

    def __init__(self, folder: Path, tools: Tools, address: str = "127.0.0.1") -> None:
        self.folder = folder
        self.kubeconfig = folder / "kubeconfig"
        self.authority = folder / "server" / "apiserver.crt"
        self.token = secrets.token_hex(16)
        self._tools = tools
        self._address = address
        self._etcd_port, self._peer_port, self.port = free_ports(3)
        self._ended = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start_etcd()
            self._start_server()
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

    @property
    def url(self) -> str:
        """Of the API server."""
        return f"https://{self._address}:{self.port}"

    def restart_server(self) -> None:
        """Kill the API server and start it anew; returns when it answers."""
        self.server.kill()
        self.server.restart()
        self._await_server()

    def start_controllers(self) -> None:
        """Start what turns Deployments into pods and gives pods nodes."""
        for name, flags in self._controllers().items():
            (port,) = free_ports(1)
            given = [f"--kubeconfig={self.kubeconfig}", "--bind-address=127.0.0.1",
                     f"--secure-port={port}", f"--cert-dir={self.folder / name}",
                     "--leader-elect=false", *flags]  # fmt: skip
            self.run(name, *given)

    def run(self, name: str, *arguments: str) -> Process:
        """A Kubernetes program; it ends before those that were started before it."""
        log = self.folder / f"{name}.log"
        return self._kept(Process([self._tools.program(name), *arguments], log, gently=True))

    def knative(
        self, name: str, environment: Mapping[str, str], inside: Sequence[str] = ()
    ) -> Process:
        """A program of Knative: configured by its environment, killed at the end."""
        log = self.folder / f"{name}.log"
        known = {**os.environ, **environment}
        program = self._tools.program(name)
        return self._kept(Process([program], log, environment=known, inside=inside))

    def _kept(self, process: Process) -> Process:
        self._ended.callback(process.stop)
        return process

    def _controllers(self) -> dict[str, list[str]]:
        """A node that is silent for 4 s is taken for lost; its pods leave after 1 s."""
        return {
            "kube-controller-manager": [
                f"--service-account-private-key-file={self._key}",
                f"--root-ca-file={self.authority}",
                "--node-monitor-grace-period=4s",
                "--node-monitor-period=1s",
                "--concurrent-serviceaccount-token-syncs=1",
            ],
            "kube-scheduler": [],
        }

    @property
    def _key(self) -> Path:
        return self.folder / "service-account.key"

    def _start_etcd(self) -> None:
        here, peer = (f"http://127.0.0.1:{p}" for p in (self._etcd_port, self._peer_port))
        etcd = self.run(
            "etcd", "--name=bed", f"--data-dir={self.folder / 'etcd'}",
            f"--listen-client-urls={here}", f"--advertise-client-urls={here}",
            f"--listen-peer-urls={peer}", f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=bed={peer}", "--unsafe-no-fsync", "--log-level=warn",
        )  # fmt: skip
        etcd.until(lambda: _answers(f"{here}/health"), "etcd answers")

    def _start_server(self) -> None:
        subprocess.run([self._tools.program("service-key"), self._key], check=True)
        (self.folder / "tokens.csv").write_text(f"{self.token},admin,admin,system:masters\n")
        self.server = self.run("kube-apiserver", *self._server_flags())
        self._await_server()
        self.kubeconfig.write_text(json.dumps(self.access(self.token)))
        self.rest = self._ended.enter_context(Rest(self.url, self.token, self.authority))

    def _await_server(self) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        self.server.until(lambda: _answers(f"{self.url}/readyz", headers), "the server is ready")

    def access(self, token: str) -> dict[str, object]:
        """A kubeconfig for whoever holds the token."""
        cluster = {"server": self.url, "certificate-authority": str(self.authority)}
        return {
            "apiVersion": "v1", "kind": "Config", "current-context": "bed",
            "clusters": [{"name": "bed", "cluster": cluster}],
            "users": [{"name": "bed", "user": {"token": token}}],
            "contexts": [{"name": "bed", "context": {"cluster": "bed", "user": "bed"}}],
        }  # fmt: skip

    def _server_flags(self) -> list[str]:
        return [
            f"--etcd-servers=http://127.0.0.1:{self._etcd_port}",
            f"--bind-address={self._address}",
            f"--advertise-address={self._address}",
            f"--secure-port={self.port}",
            f"--cert-dir={self.folder / 'server'}",
            f"--token-auth-file={self.folder / 'tokens.csv'}",
            f"--service-account-key-file={self._key}",
            f"--service-account-signing-key-file={self._key}",
            "--service-account-issuer=https://kubernetes.default.svc",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--endpoint-reconciler-type=none",
            "--disable-admission-plugins=ServiceAccount",
            "--default-unreachable-toleration-seconds=1",
            "--default-not-ready-toleration-seconds=1",
            "--shutdown-delay-duration=0s",
            "--enable-priority-and-fairness=false",
        ]


def _answers(url: str, headers: dict[str, str] | None = None) -> bool:
    """Whether a server that signed for itself, or none yet, says 200."""
    try:
        return httpx.get(url, headers=headers, verify=False, trust_env=False).is_success  # noqa: S501
    except httpx.TransportError:
        return False
