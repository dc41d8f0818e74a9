"""Who we are to Kafka, from the environment to the words of the libraries."""

import re

import pytest

from functions.errors import PermanentError
from functions.kafka_access import kafka_at, options
from functions.settings import KafkaAccess, kafka_access


def test_without_credentials_there_is_just_the_address() -> None:
    """Nothing changes for who has none."""
    assert options(kafka_access({})) == {}
    assert kafka_at("kafka:9092")["bootstrap_servers"] == "kafka:9092"


def test_a_mechanism_with_user_and_password() -> None:
    """In the clear unless TLS is asked for as well."""
    environment = {
        "SYNERGAI_KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "SYNERGAI_KAFKA_SASL_USER": "app",
        "SYNERGAI_KAFKA_SASL_PASSWORD": "secret",
    }
    found = options(kafka_access(environment))
    assert found["security_protocol"] == "SASL_PLAINTEXT"
    assert (found["sasl_mechanism"], found["sasl_plain_username"]) == ("SCRAM-SHA-512", "app")
    found = options(kafka_access(environment | {"SYNERGAI_KAFKA_TLS": "true"}))
    assert found["security_protocol"] == "SASL_SSL"
    assert found["ssl_context"].check_hostname


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"SYNERGAI_KAFKA_SASL_MECHANISM": "PLAIN"}, "found 'PLAIN' alone, allowed: SYNERGAI_"),
        ({"SYNERGAI_KAFKA_SASL_MECHANISM": "GSSAPI", "SYNERGAI_KAFKA_SASL_USER": "a",
          "SYNERGAI_KAFKA_SASL_PASSWORD": "b"}, "kafka_sasl_mechanism"),
        ({"SYNERGAI_KAFKA_TLS": "perhaps"}, "kafka_tls"),
    ],
)  # fmt: skip
def test_mistakes_are_told(environment: dict[str, str], said: str) -> None:
    """With the variable, and never with the password."""
    with pytest.raises(PermanentError, match=re.escape(said)):
        kafka_access(environment)


def test_a_certificate_that_is_not_there_is_told() -> None:
    """Before any connection is tried."""
    access = KafkaAccess(kafka_tls=True, kafka_tls_ca="/no/such/file.pem")
    with pytest.raises(PermanentError, match="SYNERGAI_KAFKA_TLS_…: No such file"):
        options(access)
