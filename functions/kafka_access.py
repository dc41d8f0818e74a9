"""How every client of this project reaches Kafka: the address, and who we are to it."""

import ssl
from typing import Any

from functions.errors import PermanentError
from functions.settings import KafkaAccess, kafka_access


def kafka_at(bootstrap: str) -> dict[str, Any]:
    """What aiokafka and kafka-python are made with; without credentials just the address.

    Raises:
        PermanentError: settings that cannot be used; names the variable.
    """
    return {"bootstrap_servers": bootstrap, **options(kafka_access())}


def options(access: KafkaAccess) -> dict[str, Any]:
    """The same two libraries' words for protocol and credentials.

    Raises:
        PermanentError: a certificate that cannot be read.
    """
    found: dict[str, Any] = {}
    if access.kafka_sasl_mechanism:
        found = {
            "sasl_mechanism": access.kafka_sasl_mechanism,
            "sasl_plain_username": access.kafka_sasl_user,
            "sasl_plain_password": access.kafka_sasl_password,
        }
    if access.kafka_tls:
        found["ssl_context"] = tls_context(access)
    if found:
        found["security_protocol"] = protocol(access)
    return found


def protocol(access: KafkaAccess) -> str:
    """Kafka's name for the pair of both."""
    plain = "SSL" if access.kafka_tls else "PLAINTEXT"
    return f"SASL_{plain}" if access.kafka_sasl_mechanism else plain


def tls_context(access: KafkaAccess) -> ssl.SSLContext:
    """Checks the broker's certificate and name; shows ours where there is one.

    Raises:
        PermanentError: a file that cannot be read or is no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=access.kafka_tls_ca or None)
        if access.kafka_tls_certificate:
            context.load_cert_chain(access.kafka_tls_certificate, access.kafka_tls_key or None)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or error
        raise PermanentError(f"environment SYNERGAI_KAFKA_TLS_…: {reason}") from None
    return context
