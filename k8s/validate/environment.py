"""Environment variables of a container, and where their values come from."""

from collections.abc import Iterator
from typing import Final

from k8s.validate.findings import Finding, needs, under
from k8s.validate.nouns import Container, KeyRef, ValueFrom, Variable
from k8s.validate.words import is_config_key, is_subdomain, is_variable

_RESERVED: Final = frozenset({"PORT", "K_SERVICE", "K_CONFIGURATION", "K_REVISION"})


def check(container: Container, *, serving: bool) -> Iterator[Finding]:
    """Single ones and whole ConfigMaps or Secrets."""
    seen: set[str] = set()
    for index, variable in enumerate(container.env):
        yield from under(f"env[{index}]", _variable(variable, serving=serving))
        if variable.name in seen:
            yield Finding(f"env[{index}].name", f"{variable.name} twice", "each name once")
        seen.add(variable.name)
    for index, source in enumerate(container.env_from):
        refs = [ref for ref in (source.config_map_ref, source.secret_ref) if ref is not None]
        if len(refs) != 1:
            allowed = "one of configMapRef and secretRef"
            yield Finding(f"envFrom[{index}]", "both or none", allowed)
        elif not is_subdomain(refs[0].name):
            yield Finding(f"envFrom[{index}].name", repr(refs[0].name), "a name")


def _variable(variable: Variable, *, serving: bool) -> Iterator[Finding]:
    reserved = _RESERVED if serving else _RESERVED - {"PORT"}
    if not is_variable(variable.name):
        yield Finding("name", repr(variable.name), "printable ASCII but for =")
    if variable.name in reserved:
        yield Finding("name", variable.name, "a name that Knative does not set itself")
    if variable.value_from:
        if variable.value:
            yield Finding("valueFrom", "a value beside it", "one of both")
        yield from under("valueFrom", _from(variable.value_from))


def _from(source: ValueFrom) -> Iterator[Finding]:
    keys = [ref for ref in (source.config_map_key_ref, source.secret_key_ref) if ref is not None]
    fields = [ref for ref in (source.field_ref, source.resource_field_ref) if ref is not None]
    if fields:
        yield needs("kubernetes.podspec-fieldref", "", "a field of the pod")
    if len(keys) + len(fields) != 1:
        yield Finding("", f"{len(keys) + len(fields)} sources", "one")
    for ref in keys:
        yield from _key(ref)


def _key(ref: KeyRef) -> Iterator[Finding]:
    if not is_subdomain(ref.name):
        yield Finding("name", repr(ref.name), "the name of a ConfigMap or Secret")
    if not is_config_key(ref.key):
        yield Finding("key", repr(ref.key), "letters, digits, -, _ and .")
