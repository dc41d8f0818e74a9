"""One leader among several, by a Lease; clocks of the machines are never compared."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from k8s.errors import ClusterError, ConflictError
from k8s.kinds import LEASE
from k8s.ports import Cluster, Object, Ref, version_of

LASTS_S: Final = 8.0
"""Whoever leads and does not renew for so long is taken for dead."""
RENEW_S: Final = 2.0
"""How often it is renewed, or tried for."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """Which Lease, who wants it, and for how long it lasts, in seconds."""

    name: str
    namespace: str
    holder: str
    lasts_s: float = LASTS_S

    @property
    def ref(self) -> Ref:
        """The Lease's object."""
        return Ref(LEASE, self.name, self.namespace)


class Election:
    """Tries for the Lease each time it is told to; leads while it could renew in time.

    Another's Lease is over when it did not change for as long as it lasts, measured by our own
    steady clock from when we saw it. We lead until two thirds of that have passed since the last
    renewal was *asked* for, so that at no time two believe that they lead.
    """

    def __init__(
        self,
        cluster: Cluster,
        claim: Claim,
        steady_s: Callable[[], float],
        wall_s: Callable[[], float],
    ) -> None:
        self._cluster = cluster
        self._claim = claim
        self._steady_s = steady_s
        self._wall_s = wall_s
        self._seen = ""
        self._seen_s = 0.0
        self._until_s = float("-inf")

    @property
    def leads(self) -> bool:
        """Whether we are the leader now."""
        return self._steady_s() < self._until_s

    async def step(self) -> bool:
        """Renew or try for it; whether we lead. To be called every `RENEW_S`."""
        asked_s = self._steady_s()
        try:
            if await self._won(asked_s):
                self._until_s = asked_s + self._claim.lasts_s * 2 / 3
            else:
                self._until_s = float("-inf")
        except (ClusterError, ConflictError):
            pass  # we lead as long as what was renewed last holds
        return self.leads

    async def resign(self) -> None:
        """Let another lead at once.

        Raises:
            ClusterError: nobody answers; the Lease runs out by itself.
        """
        if not self.leads:
            return
        self._until_s = float("-inf")
        found = await self._cluster.get(self._claim.ref)
        if found is not None and _spec(found).get("holderIdentity") == self._claim.holder:
            found["spec"] = {**_spec(found), "holderIdentity": ""}
            await self._cluster.replace(found)

    async def _won(self, asked_s: float) -> bool:
        found = await self._cluster.get(self._claim.ref)
        if found is None:
            await self._cluster.create(self._object({}))
            return True
        if version_of(found) != self._seen:
            self._seen, self._seen_s = version_of(found), asked_s
        holder = _spec(found).get("holderIdentity") or ""
        if holder not in {"", self._claim.holder} and not self._over(found, asked_s):
            return False
        taken = await self._cluster.replace(self._object(found))
        self._seen, self._seen_s = version_of(taken), asked_s
        return True

    def _over(self, found: Object, now_s: float) -> bool:
        lasts_s = float(_spec(found).get("leaseDurationSeconds") or self._claim.lasts_s)
        return now_s >= self._seen_s + lasts_s

    def _object(self, found: Object) -> Object:
        now = datetime.fromtimestamp(self._wall_s(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        before = _spec(found)
        ours = before.get("holderIdentity") == self._claim.holder
        spec = {
            "holderIdentity": self._claim.holder,
            "leaseDurationSeconds": max(1, round(self._claim.lasts_s)),
            "acquireTime": before.get("acquireTime", now) if ours else now,
            "renewTime": now,
            "leaseTransitions": int(before.get("leaseTransitions") or 0) + (not ours),
        }
        about = {"name": self._claim.name, "namespace": self._claim.namespace}
        metadata = {**found.get("metadata", {}), **about}
        return {"apiVersion": LEASE.api_version, "kind": LEASE.name, "metadata": metadata} | {
            "spec": spec
        }


def _spec(lease: Object) -> dict[str, Any]:
    return dict(lease.get("spec") or {})
