"""The HTTP server of an instance: CloudEvents, the Open Inference Protocol, health, metrics."""
