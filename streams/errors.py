"""Failures of the streams room."""


class StreamsError(Exception):
    """Wrong settings, stack file or use; the message says what was found and what is allowed."""


class BrokerError(StreamsError):
    """The broker cannot be started, reached or used."""


class StackError(StreamsError):
    """A process of the local stack does not start or does not get ready."""


class FencedError(StreamsError):
    """Another worker owns the partition now; drop its state."""
