"""What a cluster with Knative would say of manifests, said before they get there.

`check` knows Knative Services and KafkaSources; of other kinds it says nothing. Rules are those of
Knative Serving 1.22; a test feeds the same manifests to its real webhook.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from k8s.validate import service, source
from k8s.validate.findings import ON_BY_DEFAULT, Finding, problems

__all__ = ["ON_BY_DEFAULT", "Finding", "advice", "check", "flags", "patch", "problems"]

_CHECKS: Final[Mapping[tuple[str, str], Callable[[Mapping[str, Any]], Iterator[Finding]]]] = {
    ("serving.knative.dev/v1", "Service"): service.check,
    ("sources.knative.dev/v1", "KafkaSource"): source.check,
}


def check(manifest: Mapping[str, Any]) -> list[Finding]:
    """All that is wrong, and every field that needs a feature flag."""
    rules = _CHECKS.get(_kind(manifest))
    return list(rules(manifest)) if rules else []


def known(manifest: Mapping[str, Any]) -> bool:
    """Whether there are rules for its kind."""
    return _kind(manifest) in _CHECKS


def advice(manifest: Mapping[str, Any]) -> list[Finding]:
    """What is admitted and yet loses or delays requests; of manifests without problems."""
    is_source = _kind(manifest) == ("sources.knative.dev/v1", "KafkaSource")
    return list(source.advice(manifest)) if is_source else []


def flags(findings: Iterable[Finding]) -> list[str]:
    """The feature flags that are needed and off by default, each once."""
    return sorted({each.flag for each in findings if each.flag} - ON_BY_DEFAULT)


def patch(flags: Iterable[str]) -> dict[str, Any]:
    """For the ConfigMap config-features in the namespace knative-serving."""
    return {"data": dict.fromkeys(sorted(flags), "enabled")}


def _kind(manifest: Mapping[str, Any]) -> tuple[str, str]:
    return str(manifest.get("apiVersion")), str(manifest.get("kind"))
