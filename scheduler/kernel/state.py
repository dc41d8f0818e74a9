"""The arrays that the kernel works on: m models, p pools, k slots, i requests."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Marks: TypeAlias = NDArray[np.bool_]

KEY = 0
"""Columns of a queue: what orders it, deadline, model, time from arrival to deadline, expiry,
priority rank (lower goes first), the caller's number of the request, bytes of its payload."""
DUE = 1
MODEL = 2
QOS = 3
EXPIRY = 4
RANK = 5
NUMBER = 6
BYTES = 7
COLUMNS = 8


class World(NamedTuple):
    """What the machines are and what their time costs.

    A slot may belong to several pools (two configurations of one device): ``pool_slots[
    pool_begin[p]:pool_begin[p + 1]]`` are the slots of pool p, ``slot_pools`` the other way round.
    """

    service: Floats
    """[m, p] expected seconds in a slot; infinite: not served."""
    variance: Floats
    """[m, p] of the service, in seconds squared."""
    batch: Floats
    """[m, p, b] what b + 1 requests together take, over what one takes; infinite: too many."""
    unsure: Floats
    """[p] mean over its models of variance / service squared."""
    factor: Floats
    """[m, p] cost of a second of work; infinite: closed to it as long as it is on time."""
    price: Floats
    """[p] of a second of a slot; waiting for one costs ``Rule.wait`` times this."""
    watts: Floats
    """[p] what a slot draws while it computes, beyond idle."""
    half_hop: Floats
    """[p] seconds there; as long back."""
    per_byte: Floats
    """[p] seconds that a byte of a payload takes on the way there; 0: none, or not known."""
    best: Floats
    """[m] least latency in seconds with all slots free, of a payload that takes no time."""
    group: Ints
    """[p] the pools that share slots are one group."""
    pool_begin: Ints
    pool_slots: Ints
    slot_begin: Ints
    slot_pools: Ints


class Slots(NamedTuple):
    """What the slots are believed to do."""

    free: Floats
    """[k] when expected to be free, in seconds."""
    asleep: Ints
    """[k] 1: does not run; taking it wakes it, free after its cold start."""


class Rule(NamedTuple):
    """The weights of the plan; see `scheduler.policies.synergai`."""

    wait: float
    spread: float
    late: float
    """Cost of missing a deadline, in the unit of costs (seconds x price)."""
    safety: float
    spare: float
    """Idle slots of a group that late requests leave free."""
    patience: float
    """Overdue by more than so many times its QoS, a request may have any idle slot."""
    early: float
    """Seconds before the round trip at which a placement may leave."""
    ceiling: float
    """What is late may cost so much x (1 + overdue / QoS) on an idle slot; in the unit of costs."""


class Lines(NamedTuple):
    """The lines of the slots while they are planned."""

    ready: Floats
    """[k] when the line is expected to have run, in seconds."""
    doubt: Floats
    """[k] the variance of that, in seconds squared."""
    longest: Floats
    """[k] the longest service in the line, of the priority that is planned, in seconds."""
    tail: Ints
    """[k] the last request in the line, -1: none."""
    first: Ints
    """[p] the slot that is ready first, -1: none."""


class Plan(NamedTuple):
    """Where each request of the queue is planned; -1: nowhere."""

    slot: Ints
    pool: Ints
    head: Ints
    """[k] the first request in the line of a slot, -1: none."""
    follows: Ints
    """[i] the next in line."""
    leaves: Marks
    """[i] leaves now, the first of an open slot's line; told only where there are batches."""
