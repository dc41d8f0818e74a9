"""Which cluster to talk to, and as whom: kubeconfig, or the service account of the pod."""

import os
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import yaml
from kubernetes.aio import config
from kubernetes.aio.client import ApiClient, Configuration

from k8s.cluster.client import ApiCluster
from k8s.cluster.settings import HOW_TO_CONNECT, SERVICE_ACCOUNT, kubeconfigs
from k8s.errors import K8sError


@asynccontextmanager
async def connect(
    kubeconfig: Path | None = None, context: str | None = None
) -> AsyncIterator[ApiCluster]:
    """The cluster of the kubeconfig, of KUBECONFIG, of the home folder, or the one we run in.

    Raises:
        K8sError: none is to be found, or it cannot be read.
    """
    configuration: Any = Configuration()
    namespace = await _configured(configuration, kubeconfigs(kubeconfig), context)
    async with ApiClient(configuration) as api:
        yield ApiCluster(api, namespace)


async def _configured(configuration: Any, files: Sequence[Path], context: str | None) -> str:
    """Fill in address and credentials; the namespace that goes with them."""
    library: Any = config
    place = ", ".join(map(str, files)) or "no kubeconfig"
    try:
        if not files:
            library.load_incluster_config(configuration)
            return (SERVICE_ACCOUNT / "namespace").read_text().strip()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            joined = os.pathsep.join(map(str, files))
            loader = await library.load_kube_config(
                joined, context, configuration, persist_config=False
            )
        found = loader.current_context.get("context") or {}
        return str(found.get("namespace") or "default")
    except (
        config.ConfigException, OSError, ValueError, TypeError, KeyError, AttributeError,
        yaml.YAMLError,
    ) as error:  # fmt: skip
        why = " ".join(str(error).split())
        raise K8sError(f"{place}: {why}; {HOW_TO_CONNECT}") from None
