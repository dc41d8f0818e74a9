"""Arrival processes: Poisson, gamma, Markov-modulated Poisson, and traces stretched to a rate."""

from collections.abc import Sequence

import numpy as np

from scheduler.errors import SchedulerError
from scheduler.simulator.run import Floats
from scheduler.simulator.types import Burst, Generated


def draw(
    asked: Generated,
    rate: float | None,
    draws: np.random.Generator,
    trace: Sequence[float] | Floats = (),
) -> Floats:
    """Arrival times in seconds, ascending; ``rate`` is their mean number per second.

    Raises:
        SchedulerError: a trace is needed and not given.
    """
    if asked.process == "trace":
        return _stretched(np.asarray(trace, np.float64), asked.count, rate)
    if rate is None or not rate > 0:
        raise SchedulerError(f"requests: found the rate {rate}, allowed: above 0")
    if asked.process == "mmpp":
        return _bursts(asked.burst, asked.count, rate, draws)
    if asked.process == "gamma":
        shape = 1 / asked.cv**2
        return np.cumsum(draws.gamma(shape, 1 / (shape * rate), asked.count))
    return np.cumsum(draws.exponential(1 / rate, asked.count))


def _bursts(burst: Burst, count: int, rate: float, draws: np.random.Generator) -> Floats:
    """Poisson at two rates in turn; the times between changes are exponential.

    With r the rate in between, a burst has ratio x r, and r (1 - share + share x ratio) = rate. A
    burst lasts length / rate on average, what is between bursts so much that share is the share.
    """
    calm = rate / (1 - burst.share + burst.share * burst.ratio)
    rates = (calm, calm * burst.ratio)
    stays_s = (burst.length / rate * (1 - burst.share) / burst.share, burst.length / rate)
    state = int(draws.random() < burst.share)
    found: list[Floats] = []
    now_s, drawn = 0.0, 0
    while drawn < count:
        stay_s = draws.exponential(stays_s[state])
        within = now_s + np.sort(draws.random(draws.poisson(rates[state] * stay_s))) * stay_s
        found.append(within)
        now_s, drawn, state = now_s + stay_s, drawn + within.size, 1 - state
    return np.concatenate(found)[:count]


def _stretched(times: Floats, count: int, rate: float | None) -> Floats:
    """The first ``count`` times of a trace from 0 on, again from its begin where it is too short.

    Stretched so that the mean gap of all is 1 / rate; without a rate as they are.
    """
    if times.size < 2 or not times[-1] > times[0]:  # noqa: PLR2004  # one moment has no rate
        found = f"found {times.size} arrival times"
        raise SchedulerError(f"requests: trace: {found}, allowed: at least 2 that are not the same")
    once = times - times[0]
    period_s = once[-1] * times.size / (times.size - 1)
    rounds = -(-count // times.size)
    found_s: Floats = np.concatenate([once + turn * period_s for turn in range(rounds)])[:count]
    if rate is None or count < 2 or not found_s[-1] > 0:  # noqa: PLR2004
        return found_s
    stretch = (count - 1) / rate / float(found_s[-1])
    return found_s * stretch
