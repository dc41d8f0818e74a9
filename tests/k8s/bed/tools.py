"""The programs and manifests of the bed: which they are, where they lie, what is missing."""

import hashlib
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.broker import cache

GOMOD: Final = Path(__file__).with_name("gomod")
KUBERNETES: Final = "v1.35.4"
MANIFESTS: Final = "manifests.json"
OF_API: Final = ("etcd", "kube-apiserver", "service-key", "knative-webhook", MANIFESTS)
"""What the smaller bed needs."""
REQUIRED: Final = os.environ.get("SYNERGAI_REQUIRE_K8S") == "1"
"""Whether a missing program makes tests fail instead of skipping them."""


@dataclass(frozen=True)
class Program:
    """``package`` of the Go module in the folder ``module``, built as ``name``."""

    name: str
    module: str
    package: str


PROGRAMS: Final = (
    Program("etcd", "etcd", "go.etcd.io/etcd/server/v3"),
    Program("kube-apiserver", "cluster", "k8s.io/kubernetes/cmd/kube-apiserver"),
    Program("service-key", "cluster", "./servicekey"),
    Program("knative-webhook", "cluster", "knative.dev/serving/cmd/webhook"),
    Program("kube-controller-manager", "cluster", "k8s.io/kubernetes/cmd/kube-controller-manager"),
    Program("kube-scheduler", "cluster", "k8s.io/kubernetes/cmd/kube-scheduler"),
    Program("knative-controller", "cluster", "./controller"),
    Program("knative-autoscaler", "cluster", "knative.dev/serving/cmd/autoscaler"),
    Program("knative-activator", "cluster", "knative.dev/serving/cmd/activator"),
    Program("knative-queue", "cluster", "knative.dev/serving/cmd/queue"),
)
OF_CLUSTER: Final = (*(each.name for each in PROGRAMS), MANIFESTS)
"""What the larger bed needs: everything."""


@dataclass(frozen=True)
class Tools:
    """``folder`` is made by ``make k8s-tools``; what lies in ``given`` is used before it."""

    folder: Path
    given: Path | None = None

    def program(self, name: str) -> Path:
        """Where a program is, or would be."""
        if self.given and (self.given / name).is_file():
            return self.given / name
        return self.folder / name

    @property
    def manifests(self) -> Path:
        """Knative's objects as one JSON file."""
        return self.folder / MANIFESTS

    def missing(self) -> list[str]:
        """What has not been made."""
        found = [each.name for each in PROGRAMS if not self.program(each.name).is_file()]
        return found + [MANIFESTS] * (not self.manifests.is_file())


def tools(environ: Mapping[str, str] = os.environ) -> Tools:
    """Those of this very set of inputs; ``KUBEBUILDER_ASSETS`` may bring etcd and API server."""
    given = environ.get("KUBEBUILDER_ASSETS")
    return Tools(cache() / "k8s-tools" / key(), Path(given) if given else None)


def key() -> str:
    """Changes with everything that decides what is built."""
    inputs = sorted(path for path in GOMOD.rglob("*") if path.is_file())
    digest = hashlib.sha256(f"{KUBERNETES} {PROGRAMS}".encode())
    for path in [*inputs, Path(__file__).with_name("manifests.py")]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def why_absent(needed: Collection[str]) -> str | None:
    """Why there can be no bed of the needed programs here, in a sentence; None: there can."""
    if missing := [name for name in tools().missing() if name in needed]:
        return f"make k8s-tools has not made {', '.join(missing)} (it needs Go 1.26)"
    return _not_found("setpriv")


def why_no_network() -> str | None:
    """Why pods cannot have networks of their own here, in a sentence; None: they can."""
    if os.geteuid() != 0:
        return "networks of their own for pods need root"
    return _not_found("ip", "unshare", "nsenter", "mount")


def _not_found(*programs: str) -> str | None:
    missing = [name for name in programs if not shutil.which(name)]
    return f"not found on the PATH: {', '.join(missing)}" if missing else None
