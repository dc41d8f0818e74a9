"""A net that nothing surrounds: it takes and gives tensors."""

from collections.abc import Sequence

from functions.errors import InputError
from functions.ports import Answer, Session, Tensors


class TensorsOnly:
    """Inference requests only."""

    media_types: tuple[str, ...] = ()

    def prepare(self, body: bytes, media_type: str) -> Tensors:  # noqa: ARG002 - none will do
        """Refuse.

        Raises:
            InputError: always.
        """
        raise InputError(
            f"content-type: found {media_type[:80]!r}, allowed: application/json with tensors"
        )

    def compute(self, session: Session, batch: Sequence[Tensors]) -> list[Tensors]:
        """One request after the other."""
        return [session.run(tensors) for tensors in batch]

    def finish(self, result: Tensors) -> Answer:
        """All output tensors as lists."""
        return {name: array.tolist() for name, array in result.items()}
