"""The inference server: models in, answers out, over HTTP and Kafka."""
