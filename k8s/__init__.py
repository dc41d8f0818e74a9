"""Knative Services and KafkaSources rendered from profiles."""
