"""An API server in memory: versions, watches, merge patches, and server-side apply by fields."""

import asyncio
import copy
from bisect import bisect_right
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterator, Mapping
from typing import Any

from k8s import kinds
from k8s.errors import (
    ClusterError,
    ConflictError,
    ForbiddenError,
    GoneError,
    MissingKindError,
    RefusedError,
)
from k8s.ports import (
    MANAGER,
    Change,
    Kind,
    Listing,
    Object,
    Ref,
    Scope,
    ref_of,
    version_of,
)

RBAC = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")
CORE = (
    Kind("v1", "Namespace"), Kind("v1", "ServiceAccount"), Kind("v1", "Service"),
    Kind("policy/v1", "PodDisruptionBudget"), Kind("networking.k8s.io/v1", "NetworkPolicy"),
    *(Kind("rbac.authorization.k8s.io/v1", name) for name in RBAC),
    kinds.SERVICE, kinds.REVISION, kinds.SOURCE, kinds.DEPLOYMENT, kinds.JOB, kinds.POD,
    kinds.NODE, kinds.EVENT, kinds.CONFIG_MAP, kinds.LEASE, kinds.TOPIC,
)  # fmt: skip
Leaf = tuple[str, ...]


class MemoryCluster:
    """Implements `k8s.ports.Cluster`. ``writes`` lists what changed anything, in order."""

    namespace = "default"

    def __init__(self, *, kinds: tuple[Kind, ...] = CORE) -> None:
        self.kinds = set(kinds)
        self.down = False
        """Nobody answers; watches break."""
        self.forbidden: set[tuple[str, str]] = set()
        """(verb, kind) that a role is missing for."""
        self.writes: list[tuple[str, Ref]] = []
        self.written_s: list[float] = []
        """When, on the loop's clock."""
        self._objects: dict[Ref, Object] = {}
        self._owned: dict[Ref, dict[str, dict[Leaf, Any]]] = defaultdict(dict)
        self._version = 1
        self._log: list[tuple[int, Change]] = []
        self._kept_from = 0
        self._news = asyncio.Event()

    # what tests do behind the client's back
    def put(self, manifest: Object) -> Object:
        """Somebody else writes the object whole, status included."""
        ref = ref_of(manifest)
        return self._store(
            ref, copy.deepcopy(manifest), "ADDED" if ref not in self._objects else ""
        )

    def change(self, ref: Ref, patch: Mapping[str, Any]) -> Object:
        """Somebody else patches the object."""
        return self._store(ref, merged(self._objects[ref], patch))

    def remove(self, ref: Ref) -> None:
        """Somebody else deletes the object."""
        gone = self._objects.pop(ref)
        self._owned.pop(ref, None)
        self._version += 1
        gone["metadata"]["resourceVersion"] = str(self._version)
        self._tell("DELETED", gone)

    def compact(self) -> None:
        """Old versions are forgotten: who watches from one is told that it is gone."""
        self._version += 1
        self._kept_from = self._version
        self._log.clear()
        self._wake()

    def fail(self, *, down: bool) -> None:
        """The server goes away, or comes back."""
        self.down = down
        self._wake()

    def seen(self, ref: Ref) -> Object:
        """The object as it is."""
        return copy.deepcopy(self._objects[ref])

    def refs(self, kind: Kind | None = None) -> list[Ref]:
        """What there is, in the order in which it came."""
        return [ref for ref in self._objects if kind in {None, ref.kind}]

    # the port
    async def knows(self, kind: Kind) -> bool:
        """Whether the cluster has such a kind."""
        self._answer()
        return kind in self.kinds

    async def get(self, ref: Ref) -> Object | None:
        """The object, or None."""
        self._allowed("get", ref.kind)
        found = self._objects.get(ref)
        return copy.deepcopy(found) if found else None

    async def list(self, scope: Scope) -> Listing:
        """All of them."""
        self._allowed("list", scope.kind)
        found = [copy.deepcopy(o) for ref, o in self._objects.items() if _in(scope, ref, o)]
        return Listing(found, str(self._version))

    async def watch(self, scope: Scope, version: str) -> AsyncGenerator[Change]:
        """What changes after ``version``."""
        self._allowed("watch", scope.kind)
        reached = int(version)
        while True:
            if reached < self._kept_from:
                raise GoneError(f"watch {scope.kind.name}: too old resource version: {reached}")
            self._answer()
            first = bisect_right(self._log, reached, key=lambda each: each[0])
            for _, change in self._log[first:]:
                if _in(scope, ref_of(change.object), change.object):
                    yield Change(change.type, copy.deepcopy(change.object))
            reached = max(reached, self._version)
            news = self._news
            await news.wait()

    async def apply(
        self,
        manifest: Object,
        *,
        manager: str = MANAGER,
        dry_run: bool = False,
        force: bool = False,
    ) -> Object:
        """Server-side apply; lists count as one field."""
        ref = ref_of(manifest)
        self._allowed("patch", ref.kind)
        if not ref.name:
            raise RefusedError(f"apply {ref}: refused: name is required")
        before, owned = self._objects.get(ref), self._owned.get(ref, {})
        wanted = dict(_leaves(_content(manifest)))
        others = {name: fields for name, fields in owned.items() if name != manager}
        if not force:
            _check(ref, wanted, others, before or {})
        after = copy.deepcopy(before) if before else {"metadata": {}}
        for leaf in owned.get(manager, {}).keys() - wanted.keys():
            if not any(leaf in fields for fields in others.values()):
                _unset(after, leaf)
        after = merged(after, manifest)
        if dry_run:
            return after
        others = {n: {k: v for k, v in f.items() if k not in wanted} for n, f in others.items()}
        self._owned[ref] = {**others, manager: wanted}
        return self._written("apply", ref, before, after)

    async def create(self, manifest: Object) -> Object:
        """A new object."""
        ref = ref_of(manifest)
        self._allowed("create", ref.kind)
        if ref in self._objects:
            raise ConflictError(f"create {ref}: already exists")
        return self._written("create", ref, None, copy.deepcopy(manifest))

    async def replace(self, manifest: Object) -> Object:
        """The object whole, if it still has the manifest's version."""
        ref = ref_of(manifest)
        self._allowed("update", ref.kind)
        before = self._objects.get(ref)
        if before is None or version_of(manifest) not in {"", version_of(before)}:
            raise ConflictError(f"replace {ref}: the object has been modified")
        return self._written("replace", ref, before, copy.deepcopy(manifest))

    async def patch(self, ref: Ref, patch: Mapping[str, Any], *, manager: str) -> Object | None:
        """A JSON merge patch."""
        self._allowed("patch", ref.kind)
        before = self._objects.get(ref)
        if before is None:
            return None
        return self._written("patch", ref, before, merged(before, patch))

    async def delete(self, ref: Ref) -> bool:
        """Delete it."""
        self._allowed("delete", ref.kind)
        if ref not in self._objects:
            return False
        self._note("delete", ref)
        self.remove(ref)
        return True

    def _written(self, verb: str, ref: Ref, before: Object | None, after: Object) -> Object:
        if before is not None and _bare(before) == _bare(after):
            return copy.deepcopy(before)
        self._note(verb, ref)
        return self._store(ref, after, "" if before else "ADDED")

    def _note(self, verb: str, ref: Ref) -> None:
        self.writes.append((verb, ref))
        self.written_s.append(asyncio.get_running_loop().time())

    def _store(self, ref: Ref, after: Object, kind: str = "") -> Object:
        before = self._objects.get(ref, {})
        self._version += 1
        about = after["metadata"]
        grown = before.get("spec") != after.get("spec")
        about["generation"] = int(about.get("generation") or 0) + grown
        about.setdefault("uid", f"uid-{self._version}")
        about["resourceVersion"] = str(self._version)
        self._objects[ref] = after
        self._tell(kind or "MODIFIED", after)
        return copy.deepcopy(after)

    def _tell(self, kind: Any, found: Object) -> None:
        self._log.append((self._version, Change(kind, copy.deepcopy(found))))
        self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _answer(self) -> None:
        if self.down:
            raise ClusterError("the API server memory does not answer: it is down")

    def _allowed(self, verb: str, kind: Kind) -> None:
        self._answer()
        if kind not in self.kinds:
            raise MissingKindError(
                f"{kind.name} ({kind.api_version}): the cluster has no such kind"
            )
        if (verb, kind.name) in self.forbidden:
            raise ForbiddenError(f"{verb} {kind.name}: not allowed")


def merged(target: Mapping[str, Any], patch: Mapping[str, Any]) -> Object:
    """A JSON merge patch (RFC 7386)."""
    result = copy.deepcopy(dict(target))
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, Mapping):
            inner = result.get(name)
            result[name] = merged(inner if isinstance(inner, dict) else {}, value)
        else:
            result[name] = copy.deepcopy(value)
    return result


def _in(scope: Scope, ref: Ref, found: Object) -> bool:
    if ref.kind != scope.kind or (scope.namespace and ref.namespace != scope.namespace):
        return False
    labels = found.get("metadata", {}).get("labels") or {}
    terms = [term.partition("=") for term in scope.labels.split(",") if term]
    return all(labels.get(key) == value if eq else key in labels for key, eq, value in terms)


def _content(manifest: Object) -> Object:
    about = {k: v for k, v in manifest["metadata"].items() if k in {"labels", "annotations"}}
    rest = {k: v for k, v in manifest.items() if k not in {"apiVersion", "kind", "metadata"}}
    return {**rest, "metadata": about}


def _bare(found: Object) -> Object:
    about = {**found["metadata"]}
    for name in ("resourceVersion", "uid", "generation"):
        about.pop(name, None)
    return {**found, "metadata": about}


def _leaves(value: Mapping[str, Any], above: Leaf = ()) -> Iterator[tuple[Leaf, Any]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _leaves(inner, (*above, name))
        else:
            yield (*above, name), inner


def _check(
    ref: Ref, wanted: dict[Leaf, Any], others: dict[str, dict[Leaf, Any]], before: Object
) -> None:
    present = dict(_leaves(_content(before))) if before else {}
    for name, fields in others.items():
        for leaf in fields.keys() & wanted.keys():
            if present.get(leaf) != wanted[leaf]:
                place = ".".join(leaf)
                raise ConflictError(f'apply {ref}: conflict with "{name}": .{place}')


def _unset(found: Object, leaf: Leaf) -> None:
    for name in leaf[:-1]:
        found = found.get(name, {})
    found.pop(leaf[-1], None)
