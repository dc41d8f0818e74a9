"""Settings of a deployment file are settings of the processes that it deploys."""

from functions.runtimes import ENGINES
from functions.settings import FunctionSettings
from k8s import checks, settings
from streams.settings import Settings, from_environment


def test_every_name_is_a_setting() -> None:
    """Those of the app are the app's, those of functions the functions'."""
    assert {*settings.APP, *settings.SHARED} <= set(Settings.__struct_fields__)
    assert {*settings.FUNCTIONS, *settings.SHARED} <= set(FunctionSettings.__struct_fields__)


def test_engines_are_those_of_functions() -> None:
    """Two rooms, one list."""
    assert set(checks.ENGINES) == set(ENGINES)


def test_values_are_read_as_they_were_meant() -> None:
    """Numbers, lists and fields, through the environment."""
    given = {"grace_s": 2.5, "partitions": 6, "policy_parameters": {"doomed": "last"}}
    found = from_environment(settings.environment(given, settings.APP))
    assert (found.grace_s, found.partitions) == (2.5, 6)
    assert found.policy_parameters == {"doomed": "last"}
