"""What is known about a model on an architecture in a configuration."""
