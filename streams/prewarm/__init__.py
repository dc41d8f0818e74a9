"""The controller's process: Kubernetes on one side, the demand and the declared pools on the other.

The room above `k8s.prewarm`, since it knows Kafka.
"""
