"""The adapter: `k8s.ports.Cluster` over the official client."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final, cast

import aiohttp
import msgspec
from kubernetes.aio.client import ApiClient

from k8s.cluster.explaining import missing, refusal, status_of, unreachable
from k8s.errors import K8sError
from k8s.ports import MANAGER, Change, Kind, Listing, Object, Ref, Scope, ref_of

_APPLY: Final = "application/apply-patch+yaml"
_MERGE: Final = "application/merge-patch+json"
_JSON: Final = "application/json"
_WITHIN: Final = aiohttp.ClientTimeout(total=30, sock_connect=5)
_WATCHED_S: Final = 280
_SILENT_S: Final = 100.0
"""A watch that says nothing for so long is dead: bookmarks come about once a minute."""
_WATCHING: Final = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=_SILENT_S)
_NOT_FOUND: Final = 404
_BAD: Final = 400
_PAGE: Final = 500


class _Resource(msgspec.Struct, frozen=True):
    """How the server calls a kind in its paths."""

    plural: str
    namespaced: bool


class ApiCluster:
    """Talks to one API server; made by `k8s.cluster.connecting`."""

    def __init__(self, api: ApiClient, namespace: str) -> None:
        self._api = api
        self.namespace = namespace
        """Of the kubeconfig's context, or the pod's own."""
        self._known: dict[Kind, _Resource] = {}

    async def knows(self, kind: Kind) -> bool:
        """Whether the cluster has such a kind."""
        return await self._resource(kind) is not None

    async def get(self, ref: Ref) -> Object | None:
        """The object, or None."""
        path = await self._path(ref.kind, ref.namespace, ref.name)
        return await self._ask("GET", path, f"get {ref}", absent=True)

    async def list(self, scope: Scope) -> Listing:
        """All of them, page by page."""
        path = await self._path(scope.kind, scope.namespace)
        items: list[Object] = []
        query = _selected(scope) | {"limit": str(_PAGE)}
        while True:
            found = await self._ask("GET", path, f"list {scope.kind.name}", query) or {}
            items += [_typed(item, scope.kind) for item in found.get("items") or ()]
            about = found.get("metadata", {})
            if not about.get("continue"):
                return Listing(items, str(about.get("resourceVersion", "")))
            query["continue"] = about["continue"]

    async def watch(self, scope: Scope, version: str) -> AsyncGenerator[Change]:
        """What changes after ``version``."""
        path = await self._path(scope.kind, scope.namespace)
        query = _selected(scope) | {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(_WATCHED_S),
        }
        action = f"watch {scope.kind.name}"
        try:
            response = await self._request("GET", path, query, timeout=_WATCHING)
            async with response:
                if response.status >= _BAD:
                    raise refusal(response.status, await response.read(), action)
                async for line in response.content:
                    yield _change(line, action)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(self._host, error) from None

    async def apply(
        self,
        manifest: Object,
        *,
        manager: str = MANAGER,
        dry_run: bool = False,
        force: bool = False,
    ) -> Object:
        """Server-side apply with strict fields."""
        ref = ref_of(manifest)
        query = {"fieldManager": manager, "fieldValidation": "Strict"}
        query |= {"force": "true"} if force else {}
        query |= {"dryRun": "All"} if dry_run else {}
        path = await self._path(ref.kind, ref.namespace, ref.name)
        return await self._write("PATCH", path, f"apply {ref}", query, manifest, _APPLY)

    async def create(self, manifest: Object) -> Object:
        """A new object."""
        ref = ref_of(manifest)
        path = await self._path(ref.kind, ref.namespace)
        query = {"fieldManager": MANAGER, "fieldValidation": "Strict"}
        return await self._write("POST", path, f"create {ref}", query, manifest, _JSON)

    async def replace(self, manifest: Object) -> Object:
        """The object whole, if it still has the manifest's version."""
        ref = ref_of(manifest)
        path = await self._path(ref.kind, ref.namespace, ref.name)
        query = {"fieldManager": MANAGER, "fieldValidation": "Strict"}
        return await self._write("PUT", path, f"replace {ref}", query, manifest, _JSON)

    async def patch(self, ref: Ref, patch: Mapping[str, Any], *, manager: str) -> Object | None:
        """A JSON merge patch; None: there is no such object."""
        path = await self._path(ref.kind, ref.namespace, ref.name)
        query = {"fieldManager": manager, "fieldValidation": "Strict"}
        return await self._ask(
            "PATCH", path, f"patch {ref}", query, body=patch, media=_MERGE, absent=True
        )

    async def delete(self, ref: Ref) -> bool:
        """Delete it; what it owns goes by and by."""
        path = await self._path(ref.kind, ref.namespace, ref.name)
        query = {"propagationPolicy": "Background"}
        return await self._ask("DELETE", path, f"delete {ref}", query, absent=True) is not None

    @property
    def _host(self) -> str:
        return str(self._api.configuration.host)

    async def _path(self, kind: Kind, namespace: str, name: str = "") -> str:
        found = await self._resource(kind)
        if found is None:
            raise missing(kind)
        place = f"/namespaces/{namespace}" if found.namespaced and namespace else ""
        return f"{_base(kind)}{place}/{found.plural}" + (f"/{name}" if name else "")

    async def _resource(self, kind: Kind) -> _Resource | None:
        """Looked up at the server once; what is missing is looked up again, it may come."""
        if kind not in self._known:
            listed = await self._ask("GET", _base(kind), f"find {kind.name}", absent=True) or {}
            for each in listed.get("resources", ()):
                if "/" not in each["name"]:
                    known = Kind(kind.api_version, each["kind"])
                    self._known[known] = _Resource(each["name"], each["namespaced"])
        return self._known.get(kind)

    async def _write(
        self, method: str, path: str, action: str, query: dict[str, str], body: Object, media: str
    ) -> Object:
        answer = await self._ask(method, path, action, query, body=body, media=media)
        if answer is None:
            raise K8sError(f"{action}: the API server answered nothing")
        return answer

    async def _ask(
        self,
        method: str,
        path: str,
        action: str,
        query: Mapping[str, str] | None = None,
        *,
        body: Any = None,
        media: str = _JSON,
        absent: bool = False,
    ) -> Object | None:
        """One request and its answer; None: 404, where that may be."""
        try:
            response = await self._request(method, path, query or {}, body, media)
            async with response:
                text = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise unreachable(self._host, error) from None
        if response.status == _NOT_FOUND and absent:
            return None
        if response.status >= _BAD:
            raise refusal(response.status, text, action)
        return dict(status_of(text))

    async def _request(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        body: Any = None,
        media: str = _JSON,
        timeout: aiohttp.ClientTimeout = _WITHIN,  # noqa: ASYNC109
    ) -> aiohttp.ClientResponse:
        headers = {"Accept": _JSON, "Content-Type": media}
        parts = await self._api.param_serialize(
            method, path, None, [*query.items()], headers, None, auth_settings=["BearerToken"]
        )
        answer = await self._api.call_api(
            parts[0], parts[1], parts[2], body, None, _request_timeout=timeout
        )
        return cast("aiohttp.ClientResponse", answer.response)


def _base(kind: Kind) -> str:
    return f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.api_version}"


def _selected(scope: Scope) -> dict[str, str]:
    return {"labelSelector": scope.labels} if scope.labels else {}


def _typed(item: Object, kind: Kind) -> Object:
    """Lists leave out what all items have in common."""
    return {"apiVersion": kind.api_version, "kind": kind.name, **item}


def _change(line: bytes, action: str) -> Change:
    event = msgspec.json.decode(line)
    if event["type"] == "ERROR":
        status = event["object"]
        raise refusal(int(status.get("code", 500)), msgspec.json.encode(status), action)
    return Change(event["type"], event["object"])
