"""Plots of results.json as SVG; the same results give the same files."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from bench.evaluation.variants import OURS, PUBLISHED, PUBLISHED_LAST, UNTUNED

Results = Mapping[str, Any]
SHOWN = (OURS, UNTUNED, PUBLISHED, PUBLISHED_LAST, "kairos", "kairos:doomed=last", "edf")
BEST = "best baseline"
COLUMNS = 3


class Plot(NamedTuple):
    """One file, and what is drawn into it."""

    file: str
    what: str
    draw: Callable[[Results], Figure | None]


def write(results: Results, folder: Path) -> list[str]:
    """Draws what the results allow; returns the names of the files."""
    mpl.rcParams.update({"svg.hashsalt": "synergai", "svg.fonttype": "none", "font.size": 9})
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for plot in PLOTS:
        figure = plot.draw(results)
        if figure is not None:
            figure.savefig(folder / plot.file, metadata={"Date": None}, bbox_inches="tight")
            written.append(plot.file)
    return written


def _violations(results: Results) -> Figure | None:
    """Violations against load, Poisson arrivals, a panel per mix, with the bracket."""
    cells = [c for c in results["cells"] if c["group"] == "grid" and c["process"] == "poisson"]
    mixes = list(dict.fromkeys(cell["mix"] for cell in cells))
    if not mixes:
        return None
    figure, panels = _panels(len(mixes))
    for panel, mix in zip(panels, mixes, strict=False):
        here = sorted((c for c in cells if c["mix"] == mix), key=lambda cell: cell["load"])
        _curves(panel, here)
        panel.set(title=mix, xlabel="load", ylabel="violations, %", ylim=(0, 100))
    panels[0].legend(fontsize=7)
    return figure


def _curves(panel: Axes, cells: Sequence[Mapping[str, Any]]) -> None:
    for policy in SHOWN:
        known = [cell for cell in cells if policy in cell["policies"]]
        panel.plot(
            [cell["load"] for cell in known],
            [100 * cell["policies"][policy]["violation_ratio"] for cell in known],
            marker="o",
            markersize=3,
            linewidth=2 if policy == OURS else 1,
            label=policy,
        )
    ends = [cell for cell in cells if cell["bracket"]]
    panel.fill_between(
        [cell["load"] for cell in ends],
        [100 * cell["bracket"]["violation_ratio_at_least"] for cell in ends],
        [100 * cell["bracket"]["violation_ratio_feasible"] for cell in ends],
        color="0.8",
        label="a clairvoyant",
    )


def _ratios(results: Results) -> Figure | None:
    """Ours over the best baseline with intervals, cell by cell."""
    cells = [cell for cell in results["cells"] if cell["ours_over_best"]]
    if not cells:
        return None
    figure = Figure(figsize=(8, 1 + 0.16 * len(cells)))
    panel = figure.subplots()
    for row, cell in enumerate(reversed(cells)):
        ratio = cell["ours_over_best"]
        if ratio["high"] is not None:
            panel.plot([ratio["low"], ratio["high"]], [row, row], color="0.6")
        panel.plot(ratio["value"], row, "o", color="C0", markersize=3)
    panel.axvline(1.0, color="0.3", linewidth=0.8)
    panel.set_yticks(range(len(cells)), [cell["name"] for cell in reversed(cells)], fontsize=6)
    panel.set(xscale="log", xlabel="violations of ours over those of the best baseline")
    panel.set_xlim(0.05, 5)
    return figure


def _against(
    field: str, unit: str, scale: float, axes: str = "linear"
) -> Callable[[Results], Figure | None]:
    """A dot per cell: ours against others; below the line ours is better."""

    def draw(results: Results) -> Figure | None:
        cells = [c for c in results["cells"] if c["group"] == "grid" and OURS in c["policies"]]
        if not cells:
            return None
        figure = Figure(figsize=(5, 4))
        panel = figure.subplots()
        pairs = ((PUBLISHED, "published SLO-MAEL"), (None, BEST))
        for policy, label in pairs:
            known = [c for c in cells if (policy or c["best_baseline"]) in c["policies"]]
            theirs = [scale * c["policies"][policy or c["best_baseline"]][field] for c in known]
            ours = [scale * c["policies"][OURS][field] for c in known]
            panel.plot(theirs, ours, "o", markersize=3, label=label)
        most = max(panel.get_xlim()[1], panel.get_ylim()[1])
        panel.plot([0, most], [0, most], color="0.6", linewidth=0.8)
        panel.set(xlabel=f"{unit}, others", ylabel=f"{unit}, ours", xscale=axes, yscale=axes)
        panel.legend(fontsize=7)
        return figure

    return draw


def _energy(results: Results) -> Figure | None:
    """Joules per run of each policy where power is known."""
    cells = [cell for cell in results["cells"] if cell["group"] == "energy"]
    if not cells:
        return None
    figure, panels = _panels(len(cells))
    for panel, cell in zip(panels, cells, strict=False):
        policies = cell["policies"]
        panel.barh(list(policies), [one["energy_j"] for one in policies.values()])
        panel.set(title=cell["name"], xlabel="J, computing only")
        panel.title.set_fontsize(7)
    return figure


def _decisions(results: Results) -> Figure | None:
    """Median and 99 % of the time of a decision, by scene."""
    scenes = list(dict.fromkeys(one["scene"] for one in results["decisions"]))
    if not scenes:
        return None
    figure, panels = _panels(len(scenes))
    for panel, scene in zip(panels, scenes, strict=False):
        here = [one for one in results["decisions"] if one["scene"] == scene]
        names = [one["policy"] for one in here]
        panel.barh(names, [one["p99_us"] for one in here], color="0.8", label="99 % below")
        panel.barh(names, [one["p50_us"] for one in here], height=0.4, label="median")
        panel.set(title=scene, xlabel="microseconds")
        panel.title.set_fontsize(7)
    panels[0].legend(fontsize=7)
    return figure


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    columns = min(count, COLUMNS)
    rows = -(-count // columns)
    figure = Figure(figsize=(4.5 * columns, 3.5 * rows), layout="constrained")
    panels = list(figure.subplots(rows, columns, squeeze=False).flat)
    for spare in panels[count:]:
        spare.set_visible(False)
    return figure, panels[:count]


PLOTS = (
    Plot("violations.svg", "Violations against load", _violations),
    Plot("ratios.svg", "Ours over the best baseline, cell by cell", _ratios),
    Plot(
        "excess.svg",
        "Excess, ours against others",
        _against("excess_s_mean", "excess, ms", 1e3, axes="symlog"),
    ),
    Plot(
        "worst-model.svg",
        "Worst model, ours against others",
        _against("worst_model", "violations of the worst model, %", 100),
    ),
    Plot("energy.svg", "Energy", _energy),
    Plot("decisions.svg", "Time of a decision", _decisions),
)
