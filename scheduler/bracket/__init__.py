"""What a clairvoyant could reach: a bound that no schedule beats, and a schedule close to it.

`world` makes a `problem` of a scenario: for each request all the ways to meet it. `prices` proves
the bound, `ascent` finds the prices that make it high. `search` finds the schedule, with `lines`,
`placing` and `outlook`. `bracket` puts both together, `report` counts.
"""

from scheduler.bracket.report import Bound, Regret, bound, regret

__all__ = ["Bound", "Regret", "bound", "regret"]
