"""Whether the fields of a deployment file fit together, and their words are Kubernetes' words."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from k8s.errors import K8sError
from k8s.quantity import amount
from k8s.schema import Architecture, Deployment, Kafka, PoolSpec, Scale
from k8s.settings import check_settings

_LABEL: Final = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
_KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,253}")
_PREFIX: Final = re.compile(r"[A-Za-z0-9._-]{1,60}")
_ADDRESS: Final = re.compile(r"([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):(\d{1,5})")
_IMAGE: Final = re.compile(
    r"([a-z0-9.-]+(:\d+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
    r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?"
)
ENGINES: Final = ("onnxruntime", "litert")
_MOST: Final = 64
_LABEL_WORDS: Final = (
    "lower-case letters, digits and inner hyphens, beginning with a letter, at most 63"
)
OBJECT_NAME_MOST: Final = 57
"""Of a pool's Service; what Knative appends to name a Revision fits too."""


def check(deployment: Deployment, place: str) -> None:
    """Look at every field.

    Raises:
        K8sError: names ``place``, the field, what was found and what is allowed.
    """
    _word(deployment.name, f"{place}: name")
    _word(deployment.namespace, f"{place}: namespace")
    _check_kafka(deployment.kafka, f"{place}: kafka")
    _check_tenants(deployment, place)
    _check_models(deployment, place)
    _check_images(deployment, f"{place}: images")
    for name, architecture in deployment.architectures.items():
        _check_architecture(name, architecture, deployment, f"{place}: architectures")
    for name, pool in deployment.pools.items():
        _check_pool(name, pool, deployment, f"{place}: pools")
    for field in ("cpu", "memory"):
        amount(getattr(deployment.app, field), f"{place}: app: {field}")
    _word(deployment.network.monitoring_namespace, f"{place}: network: monitoring_namespace")
    check_settings(deployment.settings, f"{place}: settings")


def _check_kafka(kafka: Kafka, place: str) -> None:
    for address in kafka.bootstrap.split(","):
        found = _ADDRESS.fullmatch(address.strip())
        if not found or not 1 <= int(found[2]) <= 65535:  # noqa: PLR2004 - the last port
            allowed = "host:port, comma separated"
            raise K8sError(f"{place}: bootstrap: found {kafka.bootstrap!r}, allowed: {allowed}")
    for name, secret in (("sasl", kafka.sasl), ("tls", kafka.tls)):
        for field in secret.__struct_fields__ if secret else ():
            _check_secret(getattr(secret, field), f"{place}: {name}: {field}", field)
    if kafka.tls and bool(kafka.tls.certificate) != bool(kafka.tls.key):
        raise K8sError(f"{place}: tls: found one of certificate and key, allowed: both or none")
    if kafka.topics == "strimzi" and not kafka.strimzi_cluster:
        allowed = "the name of the Kafka resource, since topics is strimzi"
        raise K8sError(f"{place}: strimzi_cluster: found nothing, allowed: {allowed}")


def _check_secret(word: str, place: str, field: str) -> None:
    form, words = (_SUBDOMAIN, "the name of a Secret") if field == "secret" else (_KEY, "a key")
    if not form.fullmatch(word) and not (field in {"ca", "certificate", "key"} and not word):
        raise K8sError(f"{place}: found {word!r}, allowed: {words}")


def _check_tenants(deployment: Deployment, place: str) -> None:
    if not _PREFIX.fullmatch(deployment.topic_prefix):
        allowed = "letters, digits, dots, hyphens and underscores, at most 60"
        found = repr(deployment.topic_prefix)
        raise K8sError(f"{place}: topic_prefix: found {found}, allowed: {allowed}")
    _once(deployment.tenants, f"{place}: tenants")
    for tenant in deployment.tenants:
        if tenant == "system":
            raise K8sError(f"{place}: tenants: found 'system', allowed: any other name")
        _word(tenant, f"{place}: tenants", digit_first=True)


def _check_models(deployment: Deployment, place: str) -> None:
    _once(deployment.every_model, f"{place}: models")
    if not isinstance(deployment.models, tuple):
        for name, group in deployment.models.items():
            _word(name, f"{place}: models")
            _once(group, f"{place}: models: {name}")
    if not deployment.architectures:
        raise K8sError(f"{place}: architectures: found none, allowed: at least one")


def _check_images(deployment: Deployment, place: str) -> None:
    if deployment.images.pull_secret:
        _check_secret(deployment.images.pull_secret, f"{place}: pull_secret", "secret")
    for role in ("app", "controller"):
        _image(getattr(deployment.images, role), f"{place}: {role}")


def _check_architecture(
    name: str, architecture: Architecture, deployment: Deployment, place: str
) -> None:
    _word(name, place)
    place = f"{place}: {name}"
    _image(architecture.image, f"{place}: image")
    _check_amounts(architecture, place)
    _check_scale(architecture.scale, place)
    for toleration in architecture.tolerations:
        exists = toleration.operator == "Exists"
        if (exists and toleration.value) or not (exists or toleration.key):
            found = f"operator {toleration.operator} with key {toleration.key!r}"
            allowed = "Exists without a value, or Equal with a key"
            raise K8sError(f"{place}: tolerations: found {found}, allowed: {allowed}")
    if isinstance(deployment.models, tuple):
        if architecture.groups:
            allowed = "nothing, since models is a list; groups by name where it has fields"
            raise K8sError(
                f"{place}: groups: found {list(architecture.groups)}, allowed: {allowed}"
            )
    else:
        _known(architecture.groups, deployment.models, f"{place}: groups")


def _check_pool(name: str, pool: PoolSpec, deployment: Deployment, place: str) -> None:
    _word(name, place)
    place = f"{place}: {name}"
    if pool.architecture:
        _known((pool.architecture,), deployment.architectures, f"{place}: architecture")
    _known(pool.models, deployment.every_model, f"{place}: models")
    _check_amounts(pool, place)
    if pool.scale:
        _check_scale(pool.scale, place)
    configuration = pool.configuration
    if configuration:
        _known((configuration.engine,), ENGINES, f"{place}: configuration: engine")
        for field in ("threads", "batch"):
            found = getattr(configuration, field)
            if not 1 <= found <= _MOST:
                allowed = f"1 to {_MOST}"
                place = f"{place}: configuration: {field}"
                raise K8sError(f"{place}: found {found}, allowed: {allowed}")
    folders = [*pool.model_folders, *([pool.model_volume.path] if pool.model_volume else [])]
    for folder in folders:
        if not folder.startswith("/"):
            raise K8sError(f"{place}: found the path {folder!r}, allowed: one that begins with /")


def _check_amounts(part: Architecture | PoolSpec, place: str) -> None:
    for field in ("cpu", "memory"):
        quantity = getattr(part, field)
        if quantity is not None:
            amount(quantity, f"{place}: {field}")


def _check_scale(scale: Scale, place: str) -> None:
    if scale.min > scale.max:
        found = f"min {scale.min} and max {scale.max}"
        raise K8sError(f"{place}: scale: found {found}, allowed: a min of at most max")


def _image(image: str, place: str) -> None:
    if not image:
        allowed = "an image here, or images: registry and tag"
        raise K8sError(f"{place}: found nothing, allowed: {allowed}")
    if not _IMAGE.fullmatch(image):
        allowed = "registry/name:tag or name@sha256:…, lower case"
        raise K8sError(f"{place}: found {image!r}, allowed: {allowed}")


def _word(word: str, place: str, *, digit_first: bool = False) -> None:
    if not _LABEL.fullmatch("a" + word[1:] if digit_first and word[:1].isdigit() else word):
        raise K8sError(f"{place}: found {word!r}, allowed: {_LABEL_WORDS}")


def _once(words: tuple[str, ...], place: str) -> None:
    if not words or len(set(words)) < len(words):
        found = ", ".join(words) or "none"
        raise K8sError(f"{place}: found {found}, allowed: at least one, each once")


def _known(words: Iterable[str], allowed: Iterable[str], place: str) -> None:
    for unknown in _strangers(words, set(allowed)):
        raise K8sError(f"{place}: found {unknown!r}, allowed: {', '.join(sorted(allowed))}")


def _strangers(words: Iterable[str], known: set[str]) -> Iterator[str]:
    return (word for word in words if word not in known)
