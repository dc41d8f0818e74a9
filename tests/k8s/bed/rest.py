"""The API server as it is spoken to by any client: paths, objects, verbs; no generated classes."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpx

Object = dict[str, Any]
_OWNER: Final = "test-bed"
_MERGE: Final = "application/merge-patch+json"
_APPLY: Final = "application/apply-patch+yaml"
_FIRST_BAD: Final = 300


class RefusedError(Exception):
    """The server said no."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


class Rest:
    """Objects are dictionaries as in manifests; those without a namespace are in ``default``."""

    def __init__(self, url: str, token: str, authority: Path) -> None:
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"},
            verify=ssl.create_default_context(cafile=str(authority)),
            timeout=30.0,
            trust_env=False,
        )
        self._kinds: dict[tuple[str, str], Object] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def request(
        self, method: str, path: str, body: object = None, kind: str = "application/json"
    ) -> Object:
        """The answer's object.

        Raises:
            RefusedError: the status says that it was not done.
            httpx.TransportError: no answer came.
        """
        headers = {"Content-Type": kind} if body is not None else {}
        answer = self._http.request(method, path, json=body, headers=headers)
        found: Object = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        if answer.status_code >= _FIRST_BAD:
            raise RefusedError(answer.status_code, found.get("message", answer.text))
        return found

    def apply(self, wanted: Object, *, dry: bool = False) -> Object:
        """Server-side apply, by force."""
        query = f"?fieldManager={_OWNER}&force=true" + "&dryRun=All" * dry
        return self.request("PATCH", self.path(wanted) + query, wanted, _APPLY)

    def create(self, wanted: Object, *, dry: bool = False) -> Object:
        """Create; unknown fields are refused instead of dropped."""
        query = "?fieldValidation=Strict" + "&dryRun=All" * dry
        folder = self.path(wanted).rsplit("/", 1)[0]
        return self.request("POST", folder + query, wanted)

    def get(self, named: Object) -> Object:
        """As it stands now."""
        return self.request("GET", self.path(named))

    def find(self, named: Object) -> Object | None:
        """As it stands now; None: it is not there."""
        try:
            return self.get(named)
        except RefusedError as refused:
            if refused.status == httpx.codes.NOT_FOUND:
                return None
            raise

    def merge(self, named: Object, change: Mapping[str, Any], part: str = "") -> Object:
        """Merge-patch; ``part``: ``/status`` for what its owner reports."""
        return self.request("PATCH", self.path(named) + part, change, _MERGE)

    def delete(self, named: Object, *, at_once: bool = False) -> None:
        """Delete it; one that is gone already is well."""
        query = "?gracePeriodSeconds=0" if at_once else ""
        try:
            self.request("DELETE", self.path(named) + query)
        except RefusedError as refused:
            if refused.status != httpx.codes.NOT_FOUND:
                raise

    def items(self, version: str, kind: str, namespace: str = "") -> list[Object]:
        """All of a kind; ``namespace`` empty: everywhere."""
        row = self._row(version, kind)
        where = f"/namespaces/{namespace}" if namespace else ""
        found = self.request("GET", f"{_base(version)}{where}/{row['name']}")
        same = {"apiVersion": version, "kind": kind}
        return [same | each for each in found["items"]]

    def path(self, named: Object) -> str:
        """Of one object."""
        version, kind, about = named["apiVersion"], named["kind"], named["metadata"]
        row = self._row(version, kind)
        where = f"/namespaces/{about.get('namespace', 'default')}" if row["namespaced"] else ""
        return f"{_base(version)}{where}/{row['name']}/{about['name']}"

    def _row(self, version: str, kind: str) -> Object:
        """What the server says of a kind; asked once."""
        if (version, kind) not in self._kinds:
            for row in self.request("GET", _base(version))["resources"]:
                if "/" not in row["name"]:
                    self._kinds[version, row["kind"]] = row
        return self._kinds[version, kind]


def _base(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def named(version: str, kind: str, name: str, namespace: str = "default") -> Object:
    """Enough of an object to find it."""
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata}


def condition(found: Object | None, kind: str) -> str:
    """``True``, ``False`` or ``Unknown`` as it reports; empty: it says nothing of this."""
    told = (found or {}).get("status", {}).get("conditions", [])
    return next((str(each["status"]) for each in told if each["type"] == kind), "")
