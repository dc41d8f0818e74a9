"""Imports that warn about themselves, for tests that take warnings for errors."""

import warnings


def import_kafka() -> None:
    """kafka-python uses what Python 3.11 and 3.12 call deprecated; later imports find it there."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "(open|read)_text is deprecated", DeprecationWarning)
        import kafka  # noqa: F401, PLC0415 - here on purpose
