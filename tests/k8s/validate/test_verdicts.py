"""What is admitted and what is refused, without a cluster."""

import pytest

from k8s.validate import ON_BY_DEFAULT, check, flags, patch, problems
from tests.k8s.rendered import CASES, case
from tests.k8s.validate.cases import SERVICE, Manifest, cases, changed

ON = ON_BY_DEFAULT | {
    f"kubernetes.podspec-{name}"
    for name in ("nodeselector", "tolerations", "affinity", "runtimeclassname")
}
"""The flags of a cluster that is ready for SynergAI."""
GOOD, BAD = cases("good"), cases("bad")


@pytest.mark.parametrize("manifest", [m for _, m in GOOD], ids=[name for name, _ in GOOD])
def test_the_good_are_admitted(manifest: Manifest) -> None:
    """Nothing is found where a cluster finds nothing."""
    assert problems(check(manifest), ON) == []


@pytest.mark.parametrize("manifest", [m for _, m in BAD], ids=[name for name, _ in BAD])
def test_the_bad_are_refused(manifest: Manifest) -> None:
    """With a place, what was found and what is allowed."""
    found = problems(check(manifest), ON)
    assert found
    for each in found:
        assert each.found
        assert each.allowed
        assert each.place.startswith(("metadata", "spec"))


@pytest.mark.parametrize("name", CASES)
def test_what_we_render_is_good(name: str) -> None:
    """With the flags on that it needs, and no others."""
    for manifest in case(name):
        found = check(manifest)
        assert problems(found, ON_BY_DEFAULT | set(flags(found))) == []


def test_flags_are_named_with_the_patch() -> None:
    """Those that are needed and off by default; what is on by default is not asked for."""
    manifest = changed(
        SERVICE,
        {
            "spec.template.spec.nodeSelector": {"a": "b"},
            "spec.template.spec.runtimeClassName": "nvidia",
            "spec.template.spec.volumes": [{"name": "t", "emptyDir": {}}],
            "spec.template.spec.containers.0.volumeMounts": [{"name": "t", "mountPath": "/tmp"}],
        },
    )
    needed = flags(check(manifest))
    assert needed == ["kubernetes.podspec-nodeselector", "kubernetes.podspec-runtimeclassname"]
    assert patch(needed) == {"data": dict.fromkeys(needed, "enabled")}
