"""Failures of the profiles room."""


class ProfileError(Exception):
    """A profile, ratio or store that cannot be used.

    The message names the file, the field, what was found and what is allowed.
    """
