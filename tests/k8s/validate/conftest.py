"""One namespace of the API server bed for all tests of verdicts."""

from collections.abc import Iterator

import pytest

from tests.k8s.bed.api import Api
from tests.k8s.bed.rest import Rest, named
from tests.k8s.validate.cases import NAMESPACE


@pytest.fixture(scope="session")
def rest(api: Api) -> Iterator[Rest]:
    """With a namespace of these tests, and the runtime class that one of them names."""
    api.rest.apply(named("v1", "Namespace", NAMESPACE))
    api.rest.apply(named("node.k8s.io/v1", "RuntimeClass", "nvidia") | {"handler": "nvidia"})
    yield api.rest
    api.rest.delete(named("v1", "Namespace", NAMESPACE))
