"""What an instance tells Kafka: results, feedback, capacity."""
