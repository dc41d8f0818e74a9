"""Where a pod may run, as the pod has it: Knative hands these fields through."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from k8s.validate.findings import Finding, under
from k8s.validate.nouns import PodSpec
from k8s.validate.words import is_key, is_subdomain, is_value

_EFFECTS: Final = ("", "NoSchedule", "PreferNoSchedule", "NoExecute")
_OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt")
_REQUIRED: Final = "requiredDuringSchedulingIgnoredDuringExecution"


def check(spec: PodSpec) -> Iterator[Finding]:
    """Selector, tolerations, node affinity and runtime class."""
    for key, value in spec.node_selector.items():
        if not is_key(key) or not is_value(value):
            yield Finding("nodeSelector", f"{key}: {value}", "a label's key and value")
    for index, toleration in enumerate(spec.tolerations):
        yield from under(f"tolerations[{index}]", _toleration(toleration))
    if spec.runtime_class_name is not None and not is_subdomain(spec.runtime_class_name):
        yield Finding("runtimeClassName", repr(spec.runtime_class_name), "a RuntimeClass's name")
    nodes = (spec.affinity or {}).get("nodeAffinity") or {}
    if isinstance(nodes, Mapping) and isinstance(nodes.get(_REQUIRED), Mapping):
        yield from under(f"affinity.nodeAffinity.{_REQUIRED}", _terms(nodes[_REQUIRED]))


def _toleration(toleration: Mapping[str, Any]) -> Iterator[Finding]:
    key, value = str(toleration.get("key") or ""), str(toleration.get("value") or "")
    operator = toleration.get("operator") or "Equal"
    effect = toleration.get("effect") or ""
    if key and not is_key(key):
        yield Finding("key", repr(key), "a label's key")
    if operator not in {"Equal", "Exists"}:
        yield Finding("operator", repr(operator), "Equal or Exists")
    if operator == "Exists" and value:
        yield Finding("value", repr(value), "nothing with Exists")
    if operator == "Equal" and (not key or not is_value(value)):
        yield Finding("key", f"{key!r} with value {value!r}", "a label's key and value, or Exists")
    if effect not in _EFFECTS:
        yield Finding("effect", repr(effect), "NoSchedule, PreferNoSchedule or NoExecute")
    if toleration.get("tolerationSeconds") is not None and effect != "NoExecute":
        yield Finding("tolerationSeconds", "it", "with the effect NoExecute alone")


def _terms(required: Mapping[str, Any]) -> Iterator[Finding]:
    terms = required.get("nodeSelectorTerms") or []
    if not terms:
        yield Finding("nodeSelectorTerms", "none", "at least one")
    for term in terms:
        for rule in term.get("matchExpressions") or ():
            if rule.get("operator") not in _OPERATORS:
                yield Finding("operator", repr(rule.get("operator")), ", ".join(_OPERATORS))
