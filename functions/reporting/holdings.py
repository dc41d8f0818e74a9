"""What an instance holds, from acceptance until its feedback is acknowledged. Pure."""

from collections.abc import Sequence

from functions.schema import Capacity, Held, InstanceState
from functions.settings import FunctionSettings


class Holdings:
    """The (identity, attempt) pairs inside an instance, and its state, as capacity events."""

    def __init__(self, settings: FunctionSettings) -> None:
        self._settings = settings
        self._held: dict[tuple[str, int], tuple[str, float]] = {}
        self._started: dict[str, tuple[float, int]] = {}
        """When each began, and in which batch; 0: alone."""
        self._batches = 0
        self._sequence = 0
        self.state: InstanceState = "starting"
        self.models: tuple[str, ...] = settings.models

    def __len__(self) -> int:
        return len(self._held)

    def accept(self, identity: str, attempt: int, model: str, now_s: float) -> None:
        """It waits."""
        self._held.setdefault((identity, attempt), (model, now_s))

    def start(self, identities: Sequence[str], now_s: float) -> None:
        """They run together, and with each every attempt that joins it."""
        held = {identity for identity, _ in self._held}
        together = [identity for identity in identities if identity in held]
        self._batches += len(together) > 1
        batch = self._batches if len(together) > 1 else 0
        self._started.update(dict.fromkeys(together, (now_s, batch)))

    def release(self, identity: str, attempt: int) -> None:
        """Its feedback is acknowledged."""
        self._held.pop((identity, attempt), None)
        if all(held != identity for held, _ in self._held):
            self._started.pop(identity, None)

    def capacity(self, now_s: float) -> Capacity:
        """The next capacity event."""
        self._sequence += 1
        settings = self._settings
        return Capacity(
            instance=settings.instance,
            device=settings.device,
            pool=settings.pool,
            architecture=settings.architecture,
            configuration=settings.configuration,
            slots=settings.slots,
            models=self.models,
            state=self.state,
            sequence=self._sequence,
            running=tuple(self._entries(running=True, now_s=now_s)),
            queued=tuple(self._entries(running=False, now_s=now_s)),
            emulated=settings.emulated,
        )

    def _entries(self, *, running: bool, now_s: float) -> list[Held]:
        return [
            Held(
                identity=key[0],
                attempt=key[1],
                model=model,
                elapsed_s=now_s - self._started.get(key[0], (since_s, 0))[0],
                batch=self._started.get(key[0], (since_s, 0))[1],
            )
            for key, (model, since_s) in self._held.items()
            if (key[0] in self._started) is running
        ]
