"""What the AsyncAPI document says of each topic beyond the table of topics."""

from typing import Final, Literal

import msgspec

Action = Literal["send", "receive"]


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """One topic: what lies in it, under which key, and what the app does with it."""

    name: str
    address: str
    messages: tuple[str, ...]
    key: str
    action: Action
    """The app's: it receives requests and sends outcomes."""
    summary: str
    written_by: str


CHANNELS: Final = (
    Channel(
        name="requests",
        address="{prefix}.{tenant}.requests",
        messages=("request",),
        key="request id, or the partition key",
        action="receive",
        summary="Inference requests with their deadlines; the value is the payload as sent.",
        written_by="producers",
    ),
    Channel(
        name="results",
        address="{prefix}.{tenant}.results",
        messages=("result", "error"),
        key="request id",
        action="send",
        summary="One answer or error per attempt; the outcome names the one that counts.",
        written_by="functions; the app, where no function answered",
    ),
    Channel(
        name="outcomes",
        address="{prefix}.{tenant}.outcomes",
        messages=("outcome",),
        key="request id",
        action="send",
        summary="Exactly one per accepted request. Read it with isolation level read_committed.",
        written_by="app",
    ),
    Channel(
        name="dlq",
        address="{prefix}.{tenant}.dlq",
        messages=("dead-letter", "dead-letter-mark"),
        key="request id",
        action="send",
        summary="Original bytes that could not be served, where they came from and why; beside "
        "them marks that say what became of them.",
        written_by="app; marks by synergai dlq",
    ),
    Channel(
        name="placements",
        address="{prefix}.system.arch.{architecture}.{pool}.g{generation}",
        messages=("placement",),
        key="request id",
        action="send",
        summary="The request's bytes, untouched, with the headers of its placement.",
        written_by="app",
    ),
    Channel(
        name="latency",
        address="{prefix}.system.latency",
        messages=("feedback",),
        key="request id, in the partition number of the request",
        action="receive",
        summary="How an attempt ended and where its time went.",
        written_by="functions",
    ),
    Channel(
        name="decisions",
        address="{prefix}.system.decisions",
        messages=("decision",),
        key="request id, in the partition number of the request",
        action="send",
        summary="What was chosen and why; restores leases when a worker takes over.",
        written_by="app",
    ),
    Channel(
        name="capacity",
        address="{prefix}.system.capacity",
        messages=("capacity",),
        key="instance id",
        action="receive",
        summary="What an instance runs and queues; every second and at every change.",
        written_by="functions",
    ),
    Channel(
        name="claims",
        address="{prefix}.system.claims",
        messages=("news",),
        key="worker",
        action="receive",
        summary="What each worker claims, holds and waits for; all of them read all of it.",
        written_by="app",
    ),
    Channel(
        name="pools",
        address="{prefix}.system.pools",
        messages=("pool",),
        key="pool",
        action="receive",
        summary="The declared pools; compacted, an empty value removes one.",
        written_by="local stack, or the controller of a Kubernetes cluster",
    ),
    Channel(
        name="demand",
        address="{prefix}.system.demand",
        messages=("demand",),
        key="worker of the app",
        action="send",
        summary="What waits by slack and what is to come, by model; every second and at a big "
        "change. The demands of all workers add up.",
        written_by="app",
    ),
)
