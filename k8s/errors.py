"""Failures of the k8s room."""


class K8sError(Exception):
    """A deployment file, manifest or cluster that cannot be used; the message says why.

    Trying again cannot help until somebody changes something.
    """


class ClusterError(K8sError):
    """The API server does not answer or is too busy; trying again may help."""


class ForbiddenError(K8sError):
    """The API server knows us and refuses: a role is missing."""


class MissingKindError(K8sError):
    """The cluster does not have this kind of object: something is not installed."""


class ConflictError(K8sError):
    """Somebody else changed or owns what was to be written."""


class RefusedError(K8sError):
    """The API server or a webhook takes the object for wrong."""


class GoneError(K8sError):
    """The version to go on from is too old: everything must be listed anew."""


class NotReadyError(K8sError):
    """What was applied does not get ready; the message says why, as far as the cluster tells."""
