"""The commands of the k8s room."""
