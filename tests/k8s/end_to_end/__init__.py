"""Requests in Kafka, pods in a cluster, outcomes in Kafka; and parts of it that die."""
