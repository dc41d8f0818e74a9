"""The seam of the k8s room: the API of a cluster, which is read, watched and written."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any, Literal, Protocol

import msgspec

MANAGER = "synergai"
"""The field manager of what an operator applies."""
CONTROLLER = "synergai-controller"
"""The field manager of what the controller writes."""

Object = dict[str, Any]
"""A Kubernetes object as the API server speaks of it."""


class Kind(msgspec.Struct, frozen=True, order=True):
    """A kind of objects, e.g. ``Kind("serving.knative.dev/v1", "Service")``."""

    api_version: str
    name: str

    @property
    def group(self) -> str:
        """The API group; empty: the core."""
        group, slash, _ = self.api_version.rpartition("/")
        return group if slash else ""


class Ref(msgspec.Struct, frozen=True, order=True):
    """One object; no namespace: the kind has none."""

    kind: Kind
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        place = f" in {self.namespace}" if self.namespace else ""
        return f"{self.kind.name} {self.name}{place}"


class Scope(msgspec.Struct, frozen=True):
    """What is listed or watched; no namespace: all of them. ``labels``: a selector as text."""

    kind: Kind
    namespace: str = ""
    labels: str = ""


class Listing(msgspec.Struct, frozen=True):
    """All objects of a scope, and the version from which a watch goes on."""

    items: Sequence[Object]
    version: str


class Change(msgspec.Struct, frozen=True):
    """One event of a watch. A bookmark tells nothing but the version that was reached."""

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    object: Object


class Cluster(Protocol):
    """The API server. Every method raises what `k8s.errors` has; nothing foreign gets through.

    Each of them:
        ClusterError: no answer, or too busy.
        ForbiddenError: a role is missing.
        MissingKindError: the cluster has no such kind.
    """

    async def knows(self, kind: Kind) -> bool:
        """Whether the cluster has such a kind."""

    async def get(self, ref: Ref) -> Object | None:
        """The object, or None."""

    async def list(self, scope: Scope) -> Listing:
        """All of them."""

    def watch(self, scope: Scope, version: str) -> AsyncGenerator[Change]:
        """What changes after ``version``; ends when the server closes it, which it does.

        Raises:
            GoneError: that version is too old.
        """

    async def apply(
        self,
        manifest: Object,
        *,
        manager: str = MANAGER,
        dry_run: bool = False,
        force: bool = False,
    ) -> Object:
        """Server-side apply with strict fields; how the object is then.

        Raises:
            ConflictError: another manager owns a field, and ``force`` is not given.
            RefusedError: it is wrong.
        """

    async def create(self, manifest: Object) -> Object:
        """A new object.

        Raises:
            ConflictError: there is one.
        """

    async def replace(self, manifest: Object) -> Object:
        """The object whole, if it still has the manifest's version.

        Raises:
            ConflictError: somebody else changed or removed it meanwhile.
        """

    async def patch(self, ref: Ref, patch: Mapping[str, Any], *, manager: str) -> Object | None:
        """A JSON merge patch; None: there is no such object."""

    async def delete(self, ref: Ref) -> bool:
        """Delete it, and by and by what it owns; False: there was none."""


def kind_of(manifest: Mapping[str, Any]) -> Kind:
    """The kind of an object."""
    return Kind(str(manifest.get("apiVersion", "")), str(manifest.get("kind", "")))


def ref_of(manifest: Mapping[str, Any]) -> Ref:
    """Which object a manifest is of."""
    about = manifest.get("metadata") or {}
    return Ref(kind_of(manifest), str(about.get("name", "")), str(about.get("namespace") or ""))


def version_of(manifest: Mapping[str, Any]) -> str:
    """The resource version, or nothing."""
    return str((manifest.get("metadata") or {}).get("resourceVersion") or "")
