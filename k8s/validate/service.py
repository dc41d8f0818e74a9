"""A Knative Service: metadata, template and traffic, by the rules of Knative's webhook."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from k8s.validate import containers, placing, scaling, volumes
from k8s.validate.findings import Finding, needs, under
from k8s.validate.metadata import check_metadata, strings, texts
from k8s.validate.nouns import PodSpec, Quantity, Spec, Template, Traffic
from k8s.validate.words import is_key, is_label, is_subdomain, seconds
from profiles.explained import explained

_GROUP: Final = "serving.knative.dev"
_NETWORKING: Final = "networking.knative.dev"
_NETWORKING_KEYS: Final = frozenset(
    f"{_NETWORKING}/{name}"
    for name in (
        "ingress-class", "ingress.class", "certificate-class", "certificate.class",
        "disable-auto-tls", "disableAutoTLS", "disable-external-domain-tls",
        "http-option", "http-protocol",
    )
)  # fmt: skip
_QUEUE: Final = f"queue.sidecar.{_GROUP}"
_TOP: Final = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})
_LONGEST_S: Final = 600
_MOST_AT_A_TIME: Final = 1000
_POINTERS: Final = frozenset(
    {"affinity", "dns_config", "runtime_class_name", "security_context", "share_process_namespace"}
)
"""Fields that count as set when they are there, though they say nothing."""
_FLAGGED: Final = {
    "affinity": "podspec-affinity",
    "dns_config": "podspec-dnsconfig",
    "dns_policy": "podspec-dnspolicy",
    "host_aliases": "podspec-hostaliases",
    "host_ipc": "podspec-hostipc",
    "host_network": "podspec-hostnetwork",
    "host_pid": "podspec-hostpid",
    "init_containers": "podspec-init-containers",
    "node_selector": "podspec-nodeselector",
    "priority_class_name": "podspec-priorityclassname",
    "runtime_class_name": "podspec-runtimeclassname",
    "scheduler_name": "podspec-schedulername",
    "security_context": "podspec-securitycontext",
    "share_process_namespace": "podspec-shareprocessnamespace",
    "tolerations": "podspec-tolerations",
    "topology_spread_constraints": "podspec-topologyspreadconstraints",
}
"""Fields of a pod that Knative admits only where an operator turned their flag on."""


def check(manifest: Mapping[str, Any]) -> Iterator[Finding]:
    """Everything that Knative's webhook would refuse when it is created."""
    for field in sorted(manifest.keys() - _TOP):
        yield Finding(str(field), "an unknown field", ", ".join(sorted(_TOP)))
    metadata = manifest.get("metadata")
    yield from check_metadata(metadata)
    annotations = strings(metadata, "annotations")
    yield from under("metadata.annotations", _of_service(annotations))
    try:
        spec = msgspec.convert(manifest.get("spec"), Spec)
    except msgspec.ValidationError as error:
        yield _mistyped(str(error))
        return
    name = str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""
    yield from under("spec.template", _template(spec.template, name))
    yield from under("spec.traffic", _traffic(spec.traffic))


def _mistyped(message: str) -> Finding:
    place, _, rest = explained(message, {}).partition(": found ")
    if not rest:
        place, rest = "", place.removeprefix("found ")
    found, _, allowed = rest.partition(", allowed: ")
    if not allowed:
        found, _, allowed = rest.partition(", which is ")
    return Finding(f"spec.{place}" if place else "spec", found, allowed or "a field of this kind")


def _of_service(annotations: Mapping[str, str]) -> Iterator[Finding]:
    for key in annotations:
        if key.startswith(scaling.GROUP):
            yield Finding(key, "an annotation of scaling", "it on spec.template.metadata alone")
    for name in ("rollout-duration", "rolloutDuration"):
        yield from _whole_seconds(annotations, f"{_GROUP}/{name}")


def _template(template: Template, parent: str) -> Iterator[Finding]:
    annotations = strings(template.metadata, "annotations")
    found = [
        *scaling.check(annotations),
        *_whole_seconds(annotations, f"{_GROUP}/progress-deadline"),
        *_of_network(annotations),
        *_of_queue(annotations),
    ]
    yield from under("metadata.annotations", found)
    name = str(template.metadata.get("name") or "")
    prefix = str(template.metadata.get("generateName") or "")
    if prefix and not is_label(prefix.removesuffix("-")):
        yield Finding("metadata.generateName", repr(prefix), "the beginning of a DNS label")
    yield from under("metadata", texts(template.metadata))
    if name and not (is_label(name) and name.startswith(f"{parent}-")):
        yield Finding("metadata.name", repr(name), f"a DNS label that begins with {parent}-")
    yield from under("spec", _pod(template.spec))


def _pod(spec: PodSpec) -> Iterator[Finding]:
    for field, flag in _FLAGGED.items():
        value = getattr(spec, field)
        if value or (value is not None and field in _POINTERS):
            yield needs(f"kubernetes.{flag}", _camel(field), "it")
    if spec.automount_service_account_token:
        yield Finding("automountServiceAccountToken", "true", "false, or nothing")
    if spec.timeout_seconds is not None and not 0 <= spec.timeout_seconds <= _LONGEST_S:
        allowed = f"0 to {_LONGEST_S} (max-revision-timeout-seconds of config-defaults)"
        yield Finding("timeoutSeconds", str(spec.timeout_seconds), allowed)
    at_a_time = spec.container_concurrency
    if at_a_time is not None and not 0 <= at_a_time <= _MOST_AT_A_TIME:
        yield Finding("containerConcurrency", str(at_a_time), f"0 to {_MOST_AT_A_TIME}")
    if spec.service_account_name and not is_subdomain(spec.service_account_name):
        yield Finding("serviceAccountName", repr(spec.service_account_name), "a DNS subdomain")
    yield from placing.check(spec)
    yield from volumes.check(spec.volumes, spec.containers)
    yield from containers.check(spec.containers, spec.volumes)


def _traffic(targets: Sequence[Traffic]) -> Iterator[Finding]:
    total = sum(target.percent for target in targets)
    if targets and total != 100:  # noqa: PLR2004 - per cent
        yield Finding("", f"{total} per cent in all", "100")
    tags = [target.tag for target in targets if target.tag]
    for index, target in enumerate(targets):
        yield from under(f"[{index}]", _target(target))
        if target.tag and tags.count(target.tag) > 1:
            yield Finding(f"[{index}].tag", f"{target.tag!r} twice", "each tag once")


def _target(target: Traffic) -> Iterator[Finding]:
    if target.configuration_name:
        yield Finding("configurationName", repr(target.configuration_name), "nothing in a Service")
    if target.url:
        yield Finding("url", repr(target.url), "nothing, it is Knative's to say")
    if not 0 <= target.percent <= 100:  # noqa: PLR2004 - per cent
        yield Finding("percent", str(target.percent), "0 to 100")
    latest = target.latest_revision
    if latest is not None and latest == bool(target.revision_name):
        yield Finding("latestRevision", str(latest).lower(), "true or a revisionName, not both")
    if target.revision_name and not is_key(target.revision_name):
        yield Finding("revisionName", repr(target.revision_name), "the name of a Revision")
    if target.tag and not is_label(target.tag):
        yield Finding("tag", repr(target.tag), "a DNS label that begins with a letter")


def _whole_seconds(annotations: Mapping[str, str], key: str) -> Iterator[Finding]:
    value = annotations.get(key)
    time_s = seconds(value) if value else 0.0
    if time_s is None or time_s < 0 or time_s % 1:
        yield Finding(key, repr(value), "whole seconds such as 300s or 5m")


def _of_network(annotations: Mapping[str, str]) -> Iterator[Finding]:
    for key in annotations:
        if key.startswith(_NETWORKING) and key not in _NETWORKING_KEYS:
            yield Finding(
                key, "an annotation that there is not", ", ".join(sorted(_NETWORKING_KEYS))
            )


def _of_queue(annotations: Mapping[str, str]) -> Iterator[Finding]:
    for name in ("resource-percentage", "resourcePercentage"):
        share = annotations.get(f"{_QUEUE}/{name}", "50")
        if not _is_share(share):
            yield Finding(f"{_QUEUE}/{name}", repr(share), "0.1 to 100")
    for part in ("cpu", "memory", "ephemeral-storage"):
        for bound in ("request", "limit"):
            key = f"{_QUEUE}/{part}-resource-{bound}"
            if key in annotations and not _is_quantity(annotations[key]):
                yield Finding(key, repr(annotations[key]), "an amount such as 100m or 64Mi")


def _is_share(text: str) -> bool:
    try:
        return 0.1 <= float(text) <= 100  # noqa: PLR2004 - per cent
    except ValueError:
        return False


def _is_quantity(text: str) -> bool:
    try:
        msgspec.convert(text, Quantity)
    except msgspec.ValidationError:
        return False
    return True


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    words = {"ipc": "IPC", "pid": "PID"}
    return first + "".join(words.get(word, word.capitalize()) for word in rest)
