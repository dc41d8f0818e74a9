"""An open-loop producer: it sends when the trace says, however the answers fare."""

import time
from collections.abc import Callable, Mapping, Sequence

from functions.cloudevents import KafkaHeaders
from streams.client.request import Request, record
from streams.demo.workload import Shot

SOURCE = "/synergai/demo"

Input = tuple[bytes, str]
"""Bytes of a request and their media type."""
Fire = Callable[[bytes, KafkaHeaders, bytes], None]
"""Sends key, headers and value without waiting."""


def replay(
    shots: Sequence[Shot],
    fire: Callable[[Shot], None],
    late_s: list[float],
    now: Callable[[], float],
    wait: Callable[[float], bool],
) -> None:
    """Fire each shot at its time; how late each was goes to ``late_s`` at once.

    ``wait`` sleeps so many seconds and says whether to give up.
    """
    start_s = now()
    for shot in shots:
        due_s = start_s + shot.at_s
        while (left_s := due_s - now()) > 0:
            if wait(left_s):
                return
        late_s.append(now() - due_s)
        fire(shot)


def firing(inputs: Mapping[str, Input], send: Fire) -> Callable[[Shot], None]:
    """Fires shots as CloudEvents with their models' inputs."""

    def fire(shot: Shot) -> None:
        data, media_type = inputs[shot.model]
        send(
            *record(
                Request(
                    model=shot.model,
                    data=data,
                    media_type=media_type,
                    request_id=shot.request_id,
                    source=SOURCE,
                    now_s=time.time(),
                    deadline_s=shot.budget_s,
                )
            )
        )

    return fire
