"""The API of a cluster: the official client behind `k8s.ports.Cluster`, and what is built on it."""
