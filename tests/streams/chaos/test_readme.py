"""What the README says of reliability is what the campaign found."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_figures_of_the_campaign() -> None:
    """Faults, requests, what was lost, had twice, or computed again."""
    found = json.loads((ROOT / "docs/reliability/report.json").read_text(encoding="utf-8"))
    kinds = [one["what"] for one in found["findings"]]
    share = len(found["repeats"]["repeats"]) / found["repeats"]["requests"]
    words = (
        f"{len(found['happened'])} faults on real processes",
        f"lost {kinds.count('no-outcome')} of {found['requests']:,} requests",
        f"gave {kinds.count('second-outcome')} a second outcome and computed {share:.2%} again",
    )
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    for said in words:
        assert said.replace("%", " %") in readme
