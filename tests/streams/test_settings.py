"""The settings of the app and the local stack."""

from pathlib import Path

import pytest

from streams.errors import StreamsError
from streams.settings import Settings, from_environment


def test_defaults() -> None:
    """An empty environment gives the defaults, and so does an empty variable."""
    assert from_environment({}) == Settings()
    assert from_environment({"SYNERGAI_PARTITIONS": ""}) == Settings()


def test_every_kind() -> None:
    """Texts, numbers, lists, paths and JSON are read."""
    settings = from_environment(
        {
            "SYNERGAI_KAFKA_BOOTSTRAP": "kafka:9092",
            "SYNERGAI_PARTITIONS": "8",
            "SYNERGAI_GRACE_S": "1.5",
            "SYNERGAI_TENANTS": "a, b,,",
            "SYNERGAI_REPLY_TOPICS": "r",
            "SYNERGAI_DATA": "/tmp/x",
            "SYNERGAI_POLICY_PARAMETERS": '{"spare": 1, "margin": 0.05}',
            "OTHER": "ignored",
        }
    )
    assert (settings.kafka_bootstrap, settings.partitions, settings.grace_s) == (
        "kafka:9092",
        8,
        1.5,
    )
    assert (settings.tenants, settings.reply_topics) == (("a", "b"), ("r",))
    assert settings.data == Path("/tmp/x")
    assert settings.policy_parameters == {"spare": 1, "margin": 0.05}


def test_flags_win() -> None:
    """A flag wins over the environment; one that is not given does not."""
    environ = {"SYNERGAI_KAFKA_BOOTSTRAP": "a:1", "SYNERGAI_TOPIC_PREFIX": "p"}
    settings = from_environment(environ, kafka_bootstrap="b:2", topic_prefix=None)
    assert (settings.kafka_bootstrap, settings.topic_prefix) == ("b:2", "p")


def test_fallback() -> None:
    """What a stack file says counts where no variable is set; None there says nothing."""
    fallback = {"policy": "slo-mael:doomed=last", "topic_prefix": None}
    assert from_environment({}, fallback=fallback).policy == "slo-mael:doomed=last"
    settings = from_environment({"SYNERGAI_POLICY": "kairos"}, fallback=fallback)
    assert (settings.policy, settings.topic_prefix) == ("kairos", "synergai")


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"SYNERGAI_PARTITIONS": "many"}, "partitions"),
        ({"SYNERGAI_PARTITIONS": "0"}, "partitions"),
        ({"SYNERGAI_TENANTS": ","}, "tenants"),
        ({"SYNERGAI_GRACE_S": "soon"}, "grace_s"),
        ({"SYNERGAI_POLICY_PARAMETERS": "{"}, "SYNERGAI_POLICY_PARAMETERS: no JSON"),
        ({"SYNERGAI_POLICY_PARAMETERS": "[]"}, "policy_parameters"),
        ({"SYNERGAI_LONGEST_LIFE_S": "900"}, "longest_life_s < dedupe_horizon_s < retention_s"),
        ({"SYNERGAI_RETENTION_S": "10"}, "found 600, 900, 10"),
    ],
)
def test_wrong(environ: dict[str, str], said: str) -> None:
    """Wrong values are refused with their names and what must hold."""
    with pytest.raises(StreamsError) as caught:
        from_environment(environ)
    assert said in str(caught.value)
