"""The figures that the README tells."""

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RESULTS = json.loads((ROOT / "docs/evaluation/results.json").read_text(encoding="utf-8"))
FIGURES = {figure["id"]: figure for figure in RESULTS["figures"]}


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("published", "{value:.1f} times fewer violations than SLO-MAEL as published"),
        ("published-last", "{value:.1f} times fewer than its better form"),
        ("best", "{value:.2f} times those of the best of all baselines"),
        ("excess", "{value:.2f} times the time past the deadline"),
    ],
)
def test_figure(figure: str, words: str) -> None:
    """What the README says of a figure is what the evaluation found."""
    assert words.format(**FIGURES[figure]) in " ".join(README.split())


def test_says_what_was_missed() -> None:
    """The README says how many of the targets are met."""
    met = [figure["met"] for figure in RESULTS["figures"]]
    words = f"{sum(one is True for one in met)} of {len(met)} targets are met"
    assert words in " ".join(README.split())
