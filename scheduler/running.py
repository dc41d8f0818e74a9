"""When the runs that a policy started should end by the estimates that it had then."""


class Running:
    """One expectation per slot, that of the run started last; forgotten when that has ended."""

    def __init__(self) -> None:
        self._by_slot: dict[str, tuple[str, float]] = {}
        self._slot_of: dict[str, str] = {}

    def started(self, key: str, slot: str, until_s: float) -> None:
        """A request takes a slot until then."""
        before = self._by_slot.pop(slot, None)
        if before is not None:
            self._slot_of.pop(before[0], None)
        self._by_slot[slot] = (key, until_s)
        self._slot_of[key] = slot

    def ended(self, key: str) -> None:
        """The run of a request is over; unknown keys are ignored."""
        slot = self._slot_of.pop(key, None)
        if slot is not None:
            del self._by_slot[slot]

    def until_s(self, slot: str) -> float | None:
        """When the slot should be free; None if nothing was started there that has not ended."""
        found = self._by_slot.get(slot)
        return found[1] if found is not None else None
