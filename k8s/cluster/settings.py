"""What the k8s room takes from the environment; the only module here that reads it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from k8s.errors import K8sError

HOW_TO_CONNECT: Final = "name one with --kubeconfig FILE or KUBECONFIG, or run inside of a cluster"
SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")


def kubeconfigs(given: Path | None, environ: Mapping[str, str] = os.environ) -> list[Path]:
    """The kubeconfig files to read: the one given, those of KUBECONFIG, or the home folder's.

    Raises:
        K8sError: a file that is named is not there.
    """
    if given is not None:
        if not given.is_file():
            raise K8sError(f"--kubeconfig: found {str(given)!r}, no file; {HOW_TO_CONNECT}")
        return [given]
    named = [Path(name) for name in environ.get("KUBECONFIG", "").split(os.pathsep) if name]
    if named and not any(file.is_file() for file in named):
        raise K8sError(f"KUBECONFIG: found {environ['KUBECONFIG']!r}, no file; {HOW_TO_CONNECT}")
    return [file for file in named or [_home(environ)] if file.is_file()]


def identity(environ: Mapping[str, str] = os.environ) -> str:
    """What tells this process from others that compete with it: the pod's name, or host and id."""
    return environ.get("SYNERGAI_INSTANCE") or f"{os.uname().nodename}-{os.getpid()}"


def _home(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("HOME") or "/") / ".kube" / "config"
