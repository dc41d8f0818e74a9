"""``synergai policy`` as a shell runs it."""

import json
from pathlib import Path

from scheduler.registry import names
from tests.streams.commands.test_command_line import synergai


def test_list(tmp_path: Path) -> None:
    """Every policy is listed with a sentence, its source and the names of its parameters."""
    ended = synergai(tmp_path, "policy", "list", "--output", "json")
    assert ended.returncode == 0, ended.stderr
    rows = json.loads(ended.stdout)
    assert [row["name"] for row in rows] == list(names())
    assert all(row["what"].endswith(".") and row["source"] for row in rows)
    found = {row["name"]: row["parameters"] for row in rows}
    assert {"window", "doomed", "estimates"} <= set(found["slo-mael"])


def test_list_for_people(tmp_path: Path) -> None:
    """The table has a row for each."""
    said = synergai(tmp_path, "policy", "list").stdout.decode()
    assert "kairos" in said
    assert "Matches requests and slots so that the weighted sum of latencies is least." in said


def test_show(tmp_path: Path) -> None:
    """A policy is shown with its rule, and each parameter with default and what is allowed."""
    ended = synergai(tmp_path, "policy", "show", "kairos", "--output", "json")
    (shown,) = json.loads(ended.stdout)
    assert shown["source"].startswith("KAIROS of B. Li")
    assert "min sum of C(k) L'(j, k)" in shown["rule"]
    parameters = {row["name"]: row for row in shown["parameters"]}
    assert parameters["safeguard"] == {
        "name": "safeguard",
        "default": 0.02,
        "allowed": "a share from 0 to 1",
        "meaning": "A match counts as late when less than this share of the QoS would be left.",
    }
    assert parameters["doomed"]["allowed"] == "as-published or last"


def test_show_for_people(tmp_path: Path) -> None:
    """The rule comes before the table of parameters."""
    said = synergai(tmp_path, "policy", "show", "edf").stdout.decode()
    assert said.startswith("edf: Earliest deadline first over a plan of the slots.\n\nSource: ")
    assert said.index("is doomed: set aside") < said.index("lookahead")


def test_unknown(tmp_path: Path) -> None:
    """An unknown policy is one message with those that there are; exit code 2."""
    ended = synergai(tmp_path, "policy", "show", "magic")
    assert ended.returncode == 2
    assert "policy: found 'magic', allowed: alpaserve, best-static" in ended.stderr.decode()
