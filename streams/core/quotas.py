"""What a tenant may ask for at most: requests a second, and how much of it may wait."""

from collections.abc import Mapping

from streams.core.tally import Tally
from streams.tenants import UNLIMITED, TenantLimits


class Bucket:
    """Tokens that come at a rate, up to a number; each request takes one.

    Time is that of the records: what was appended while the worker was away counts as it came.
    """

    def __init__(self, most: float) -> None:
        self._most = self._left = most
        self._at_s: float | None = None

    def take(self, per_s: float, at_s: float) -> bool:
        """Take one; False: there is none."""
        since_s = 0.0 if self._at_s is None else max(0.0, at_s - self._at_s)
        self._at_s = at_s if self._at_s is None else max(self._at_s, at_s)
        self._left = min(self._most, self._left + since_s * per_s)
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Quotas:
    """Applies the limits of all tenants, or a worker's share of them."""

    def __init__(self, limits: Mapping[str, TenantLimits]) -> None:
        self._limits = limits
        self._buckets = {
            tenant: Bucket(of.most_at_once)
            for tenant, of in limits.items()
            if of.requests_per_s is not None
        }

    def of(self, tenant: str) -> TenantLimits:
        """A tenant's limits."""
        return self._limits.get(tenant, UNLIMITED)

    def too_many(self, tenant: str, append_s: float, share: float) -> str:
        """Takes note of a request; why it is one too many, or nothing.

        ``share``: of the partitions that this worker has.
        """
        bucket, per_s = self._buckets.get(tenant), self.of(tenant).requests_per_s
        if bucket is None or per_s is None or bucket.take(per_s * share, append_s):
            return ""
        most = f"{per_s:g} requests/s, {self.of(tenant).most_at_once:g} at once"
        return f"tenant {tenant} asks for more than its quota, allowed: {most}"

    def crowded(self, tenant: str, tally: Tally, share: float) -> str:
        """Why no more of the tenant may wait, or nothing."""
        of = self.of(tenant)
        for found, most, unit in (
            (tally.requests[tenant], of.waiting, "requests"),
            (tally.sizes[tenant], of.waiting_bytes, "bytes"),
        ):
            if most is not None and found >= max(1.0, most * share):
                return f"found {found} {unit} of tenant {tenant} waiting, allowed: {most}"
        return ""
