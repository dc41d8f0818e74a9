"""Who asks for more than a share while more is asked for than can be served.

What is over goes behind everybody else's in the policy, as if its priority were lower than any: it
is served with what is left, and makes nobody late.
"""

from collections.abc import Mapping
from math import exp

from streams.core.shares import level

BELOW = 1000
"""More than priorities can differ."""
_MEMORY_S = 5.0
_USED = 0.8
"""Of what is served, so much is dealt by shares: at full load everyone would queue for long."""


class Fading:
    """What was added lately, as a rate: what is older counts exponentially less."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._at_s = float("-inf")

    def add(self, amount: float, now_s: float) -> None:
        """Something more."""
        self._sum = self.per_s(now_s) * _MEMORY_S + amount
        self._at_s = max(self._at_s, now_s)

    def per_s(self, now_s: float) -> float:
        """How much a second."""
        age_s = max(0.0, now_s - self._at_s)
        return self._sum * exp(-age_s / _MEMORY_S) / _MEMORY_S


class Fairness:
    """Max-min shares of the work that is served, by weight.

    Work is counted in seconds that requests take on average over the pools that serve their model.
    What is served at present is taken for what can be served, which is true whenever requests
    queue; when none do, nobody is over.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        """``weights``: of all tenants."""
        self._weights = weights
        self._asked = {tenant: Fading() for tenant in weights}
        self._credit = dict.fromkeys(weights, 0.0)
        self._served = Fading()

    @property
    def needed(self) -> bool:
        """Whether there is anybody to share with."""
        return len(self._weights) > 1

    def over(self, tenant: str, cost_s: float, now_s: float, *, contended: bool) -> bool:
        """Whether this request, which comes now, goes behind those of others.

        All of a tenant do that is alone in asking for more than its share: which of them are met
        is the policy's choice. Of several such tenants each has as many within as are its share.
        """
        self._asked[tenant].add(cost_s, now_s)
        if not contended:
            return False
        asked = {name: fading.per_s(now_s) for name, fading in self._asked.items()}
        most = level(asked, self._weights, _USED * self._served.per_s(now_s))
        parts = {name: most * self._weights[name] / need for name, need in asked.items() if need}
        if parts.get(tenant, 1.0) >= 1:
            return False
        alone = sum(part < 1 for part in parts.values()) == 1
        return alone or self._beyond(tenant, parts[tenant])

    def _beyond(self, tenant: str, part: float) -> bool:
        """Evenly among its requests, so that ``part`` of them are within."""
        credit = self._credit[tenant] + part
        over = credit < 1.0
        self._credit[tenant] = credit if over else credit - 1.0
        return over

    def served(self, cost_s: float, now_s: float) -> None:
        """A function has computed something."""
        self._served.add(cost_s, now_s)
