"""Failures of the k8s room."""


class K8sError(Exception):
    """A deployment file, manifest or cluster that cannot be used; the message says why."""
