"""A thousand small changes, plausible and silly, before the real webhook: its verdicts are ours.

``variations.jsonl`` holds one change in each line: the fields of a Service and of a source times
values that somebody might write there.
"""

import json
from pathlib import Path

import pytest

from k8s.validate import check, problems
from tests.k8s.bed.rest import Rest
from tests.k8s.validate.cases import SERVICE, SOURCE, changed
from tests.k8s.validate.test_webhook import ON, refusal

LINES = (Path(__file__).parent / "variations.jsonl").read_text().splitlines()
_OF_THE_CLUSTER = (
    "serviceAccountName is not set",
    'RuntimeClass "absent" not found',
    "error looking up service account",
)
"""What no file can tell: objects that are not there."""


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_verdicts_are_equal(rest: Rest) -> None:
    """Of every change; those that differ are listed with both verdicts."""
    different = []
    for line in LINES:
        change = json.loads(line)
        manifest = changed(SERVICE if change["kind"] == "Service" else SOURCE, change["set"])
        theirs = refusal(rest, manifest)
        ours = [str(each) for each in problems(check(manifest), ON)]
        if bool(ours) != bool(theirs) and not any(word in theirs for word in _OF_THE_CLUSTER):
            different.append((change["set"], theirs, ours))
    assert different == []
