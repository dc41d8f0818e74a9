"""The embedded broker: a real Apache Kafka on a JVM from a wheel, started and stopped by us."""
