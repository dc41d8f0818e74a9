"""Failures of the functions room: permanent or temporary, nothing else."""


class PermanentError(Exception):
    """Trying again cannot help: bad input, unknown model, unsupported media type.

    The message names the field or header, what was found and what is allowed.
    """


class TemporaryError(Exception):
    """Trying again may help after ``after_s`` seconds."""

    def __init__(self, message: str, after_s: float = 1.0) -> None:
        """Keep the message and the delay in seconds."""
        super().__init__(message)
        self.after_s = after_s


class MalformedEventError(PermanentError):
    """An event that is no usable CloudEvent or lacks a usable attribute."""


class InputError(PermanentError):
    """A request body that the model's pre-processing cannot use."""


class UnknownModelError(PermanentError):
    """A model that this instance does not serve."""


class AnswerError(PermanentError):
    """What a model answered cannot be written: a fault of the model, not of Kafka."""
