"""Names, labels, durations and images, as Kubernetes and Go spell them."""

import re
from typing import Final

_LABEL: Final = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_LABEL_1123: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_PART: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_CONFIG_KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,253}")
_UNITS: Final = {
    "ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0,
}  # fmt: skip
_DURATION: Final = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+")
_STEP: Final = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_ISO: Final = re.compile(
    r"P(?=.)(\d+(\.\d+)?Y)?(\d+(\.\d+)?M)?(\d+(\.\d+)?W)?(\d+(\.\d+)?D)?"
    r"(T(?=.)(\d+(\.\d+)?H)?(\d+(\.\d+)?M)?(\d+(\.\d+)?S)?)?"
)
_TAG: Final = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_REPOSITORY: Final = re.compile(r"[a-z0-9_./-]{2,255}")
_REGISTRY: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=-]*(:\d*)?|\[[0-9A-Fa-f:.]+\](:\d*)?")
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_LONGEST_SUBDOMAIN: Final = 253


def is_label(word: str) -> bool:
    """A DNS label that begins with a letter (RFC 1035)."""
    return bool(_LABEL.fullmatch(word))


def is_label_1123(word: str) -> bool:
    """A DNS label (RFC 1123)."""
    return bool(_LABEL_1123.fullmatch(word))


def is_subdomain(word: str) -> bool:
    """A DNS subdomain."""
    return len(word) <= _LONGEST_SUBDOMAIN and bool(_SUBDOMAIN.fullmatch(word))


def is_key(word: str) -> bool:
    """A label's or annotation's key: ``name`` or ``domain/name``."""
    domain, slash, name = word.rpartition("/")
    return bool(_PART.fullmatch(name)) and (is_subdomain(domain) if slash else True)


def is_annotation_key(word: str) -> bool:
    """As a label's, but that upper case is let through."""
    return is_key(word.lower())


def is_config_key(word: str) -> bool:
    """A key of a ConfigMap or Secret."""
    return bool(_CONFIG_KEY.fullmatch(word)) and word not in {".", ".."}


def is_variable(word: str) -> bool:
    """The name of an environment variable."""
    return bool(word) and all(" " <= letter <= "~" and letter != "=" for letter in word)


def is_inside(path: str) -> bool:
    """A path that stays below where it begins."""
    return not path.startswith("/") and ".." not in path.split("/")


def is_value(word: str) -> bool:
    """A label's value."""
    return not word or bool(_PART.fullmatch(word))


def seconds(duration: str) -> float | None:
    """Of Go's spelling, e.g. ``1m30s``; None: it is none."""
    if duration in {"0", "+0", "-0"}:
        return 0.0
    if not _DURATION.fullmatch(duration):
        return None
    total = sum(float(number) * _UNITS[unit] for number, unit in _STEP.findall(duration))
    return -total if duration.startswith("-") else total


def is_iso_duration(duration: str) -> bool:
    """ISO 8601's spelling, e.g. ``PT0.2S``."""
    return bool(_ISO.fullmatch(duration))


def is_image(reference: str) -> bool:
    """``registry/repository:tag`` or ``…@sha256:…``, as Knative resolves it."""
    if _is_tagged(reference):
        return True
    base, at, digest = reference.partition("@")
    return bool(at) and bool(_DIGEST.fullmatch(digest)) and _is_tagged(base)


def _is_tagged(name: str) -> bool:
    base, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        base, tag = name, ""
    first, slash, rest = base.partition("/")
    registry, repository = "", base
    if slash and ("." in first or ":" in first):
        registry, repository = first, rest
    return (
        (not tag or bool(_TAG.fullmatch(tag)))
        and bool(_REPOSITORY.fullmatch(repository))
        and bool(_REGISTRY.fullmatch(registry))
    )
