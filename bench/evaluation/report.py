"""docs/evaluation/README.md, written from results.json alone."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.evaluation.plots import PLOTS
from bench.evaluation.variants import OURS, PUBLISHED

PAGE = Path(__file__).with_name("page.md")
"""The words around the figures."""
Results = Mapping[str, Any]
"""What results.json holds."""


def render(results: Results) -> str:
    """The whole page; the same results give the same text."""
    made, rules, cells = results["made"], results["rules"], results["cells"]
    judged = [cell for cell in cells if cell["group"] == "grid"]
    return PAGE.read_text(encoding="utf-8").format(
        **{name: made[name] for name in ("seeds", "runs", "command", "machine", "python", "code")},
        cell_count=len(cells),
        grid="the whole grid" if made["grid"] == "full" else "the short grid",
        grid_count=len(judged),
        figures=_figures(results["figures"]),
        deciding=_deciding(results["figures"]),
        plots=_plots(results["plots"]),
        cells=_cells(cells),
        policies=_policies(judged),
        energy=_energy([cell for cell in cells if cell["group"] == "energy"]),
        decisions=_speed(results["decisions"]),
        floor=_number(100 * rules["floor"]),
        hard=_number(100 * rules["hard"]),
        least_excess=_number(100 * rules["least_excess"]),
        bracket_seeds=rules["bracket_seeds"],
        tuned_after=rules["tuned_after"],
        speed_rounds=rules["speed_rounds"],
        versions=", ".join(f"{name} {version}" for name, version in made["versions"].items()),
        last_seed=made["seeds"] - 1,
        last_drift_seed=made["drift_seeds"] - 1,
    )


def _figures(figures: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            figure["what"] + (f" ({figure['cells']} cells)" if figure["cells"] > 1 else ""),
            _target(figure),
            _reached(figure),
            {True: "met", False: "**not met**", None: "not measured"}[figure["met"]],
        )
        for figure in figures
    ]
    return _table(("ours", "target", "reached", ""), rows)


def _deciding(figures: Sequence[Mapping[str, Any]]) -> str:
    """The worst cells by name."""
    lines = [f"- {figure['what']}: {figure['worst']}" for figure in figures if figure["worst"]]
    return "\n".join(lines) or "- none"


def _target(figure: Mapping[str, Any]) -> str:
    word = "at least" if figure["at_least"] else "at most"
    aim = f", aim {_number(figure['aim'])}" if figure["aim"] is not None else ""
    return f"{word} {_number(figure['limit'])} {figure['unit']}".rstrip() + aim


def _reached(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "-"
    return f"{_number(figure['value'])} {figure['unit']}".rstrip()


def _plots(written: Sequence[str]) -> str:
    return "\n".join(f"![{plot.what}]({plot.file})" for plot in PLOTS if plot.file in written)


def _cells(cells: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            cell["name"],
            _number(cell["load_over_feasible"]),
            _share(_of(cell, OURS)),
            _share(_of(cell, PUBLISHED)),
            cell["best_baseline"] or "-",
            _share(_of(cell, cell["best_baseline"])),
            _interval(cell["ours_over_best"]),
            _bracket(cell["bracket"]),
        )
        for cell in cells
    ]
    head = (
        "cell",
        "load / feasible",
        "ours",
        "SLO-MAEL",
        "best baseline",
        "its",
        "ours / best [95 %]",
        "clairvoyant",
    )
    return _table(head, rows)


def _policies(cells: Sequence[Mapping[str, Any]]) -> str:
    """Means over the cells in which all are judged; plain, so that none counts more."""
    names = list(dict.fromkeys(name for cell in cells for name in cell["policies"]))
    rows = []
    for name in names:
        found = [cell["policies"][name] for cell in cells if name in cell["policies"]]
        rows.append(
            (
                name,
                _share(_mean(one["violation_ratio"] for one in found)),
                _share(_mean(one["worst_model"] for one in found)),
                _number(1000 * _mean(one["excess_s_mean"] for one in found)),
                _number(_mean(one["decision_us"]["p50"] for one in found)),
                _number(_mean(one["tuning_cpu_s"] for one in found)),
            )
        )
    head = (
        "policy",
        "violations",
        "worst model",
        "excess ms",
        "decision us, median",
        "tuning CPU s",
    )
    return _table(head, rows)


def _energy(cells: Sequence[Mapping[str, Any]]) -> str:
    """Every policy on every mix, and what it spends less than ours without that objective."""
    rows = []
    for cell in cells:
        spent = cell["policies"].get(OURS, {}).get("energy_j")
        for name, one in cell["policies"].items():
            less = _number(100 * (1 - one["energy_j"] / spent)) + " %" if spent else "-"
            row = (cell["name"], name, _number(one["energy_j"]), less)
            rows.append((*row, _share(one["violation_ratio"])))
    return _table(("cell", "policy", "J", "less than ours", "violations"), rows)


def _speed(decisions: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (one["scene"], one["policy"], _number(one["p50_us"]), _number(one["p99_us"]))
        for one in decisions
    ]
    return _table(("scene", "policy", "median us", "99 % below us"), rows)


def _of(cell: Mapping[str, Any], policy: str | None) -> float | None:
    found: float | None = cell["policies"].get(policy, {}).get("violation_ratio")
    return found


def _interval(ratio: Mapping[str, float | None] | None) -> str:
    """The ratio and its ends; of one seed the upper one is unknown."""
    if ratio is None:
        return "-"
    value, low, high = (
        "-" if end is None else _number(end)
        for end in (ratio["value"], ratio["low"], ratio["high"])
    )
    return f"{value} [{low}, {high}]"


def _bracket(ends: Mapping[str, float] | None) -> str:
    if ends is None:
        return "-"
    least, most = ends["violation_ratio_at_least"], ends["violation_ratio_feasible"]
    return f"{_share(least)} to {_share(most)}"


def _mean(values: Iterable[float]) -> float:
    known = list(values)
    return sum(known) / len(known)


def _share(ratio: float | None) -> str:
    return "-" if ratio is None else f"{100 * ratio:.2f} %"


def _number(value: float) -> str:
    """Three digits that say something, never an exponent."""
    if value == 0 or abs(value) >= 100:  # beyond, digits after the point say nothing
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([_row(head), _row(["---"] * len(head)), *(_row(row) for row in rows)])


def _row(values: Sequence[str]) -> str:
    return f"| {' | '.join(values)} |"
