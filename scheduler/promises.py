"""What the pools promise for a model around a decision of the kernel, for the reasons given."""

from collections.abc import Iterator
from math import inf

from scheduler.fleet import Choice, promised
from scheduler.kernel.state import Ints, Slots, World
from scheduler.layout import Layout
from scheduler.slots import ASLEEP


class Promises:
    """The choices of one moment, from the slots ``before`` the decision and ``after`` it.

    ``first``: by pool the slot that is free first after it.
    """

    def __init__(
        self,
        layout: Layout,
        world: World,
        before: Slots,
        after: Slots,
        *,
        first: Ints,
        now_s: float,
    ) -> None:
        self._layout, self._world, self._now_s = layout, world, now_s
        self._before, self._after = before, after
        self._first: list[int] = first.tolist()
        self._last: Choice

    def kept(self, model: int, size: int, pool: int, slot: int, size_bytes: int) -> Choice:
        """What the slot promised that a batch of this size has taken; starts come in order.

        Size 0: the request is computed with the start before.
        """
        if size:
            self._last = self._taken(model, size, pool, slot, size_bytes)
        return self._last

    def _taken(self, model: int, size: int, pool: int, slot: int, size_bytes: int) -> Choice:
        one = self._choice(model, pool, slot, self._before, size_bytes)
        took_s = one.service_s * float(self._world.batch[model, pool, size - 1])
        self._before.free[slot] = one.start_s + took_s
        self._before.asleep[slot] = 0
        return one._replace(end_s=one.end_s - one.service_s + took_s, service_s=took_s)

    def others(self, model: int, chosen: int, size_bytes: int) -> Iterator[Choice]:
        """What each pool but the chosen one promises with the slot that is free first."""
        for pool, slot in enumerate(self._first):
            if pool != chosen and slot >= 0 and self._world.service[model, pool] < inf:
                yield self._choice(model, pool, slot, self._after, size_bytes)

    def _choice(self, model: int, pool: int, slot: int, slots: Slots, size_bytes: int) -> Choice:
        return promised(
            self._layout.pools[pool],
            self._name(pool, slot, slots),
            float(slots.free[slot]),
            float(self._world.service[model, pool]),
            self._now_s,
            opens_s=self._now_s,
            size_bytes=size_bytes,
        )

    def _name(self, pool: int, slot: int, slots: Slots) -> str:
        """As in `scheduler.slots.SlotBook`: what was woken has a name until capacity is told."""
        name = self._layout.slots[slot]
        if name != ASLEEP or slots.asleep[slot]:
            return name
        members = self._layout.members[pool]
        return f"{self._layout.pools[pool].name}~{len(members) - members.index(slot)}"
