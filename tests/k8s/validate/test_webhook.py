"""The same manifests before Knative's real webhook: its verdicts are ours."""

from functools import partial
from typing import Final

import pytest

from k8s.validate import ON_BY_DEFAULT, check, flags, problems
from tests.k8s.bed.api import Api
from tests.k8s.bed.installed import FLAGS
from tests.k8s.bed.rest import RefusedError, Rest
from tests.k8s.bed.waiting import until
from tests.k8s.validate.cases import Manifest, cases

ALL: Final = [*cases("good"), *cases("bad")]
ON: Final = ON_BY_DEFAULT | set(FLAGS["config-features"])
_FEATURES: Final = "config-features"


def refusal(rest: Rest, manifest: Manifest) -> str:
    """What the cluster says against it and against the pod it means; empty: it is admitted."""
    try:
        rest.create(manifest, dry=True)
    except RefusedError as refused:
        return str(refused)
    return ""


def admitted(rest: Rest, manifest: Manifest) -> bool:
    """Whether the cluster says nothing against it."""
    return not refusal(rest, manifest)


@pytest.mark.parametrize("manifest", [m for _, m in ALL], ids=[name for name, _ in ALL])
def test_verdicts_are_equal(rest: Rest, manifest: Manifest) -> None:
    """Admitted by both or refused by both."""
    theirs = refusal(rest, manifest)
    ours = [str(each) for each in problems(check(manifest), ON)]
    assert bool(ours) == bool(theirs), theirs or ours


def test_a_flag_that_we_name_is_what_is_missing(api: Api, rest: Rest) -> None:
    """Off: refused by both; on: admitted by both."""
    (manifest,) = [m for name, m in cases("bad") if name == "Service: a claim"]
    needed = flags(check(manifest))
    assert needed == ["kubernetes.podspec-persistent-volume-claim"]
    assert refusal(rest, manifest)
    api.configure(_FEATURES, dict.fromkeys(needed, "enabled"))
    try:
        until(partial(admitted, rest, manifest), "the flag is on")
        assert problems(check(manifest), ON | set(needed)) == []
    finally:
        api.configure(_FEATURES, dict.fromkeys(needed, None))
        until(lambda: refusal(rest, manifest), "the flag is off")
