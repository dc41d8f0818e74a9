"""Requests in, placements out, exactly one outcome each: Kafka, Faust and delivery."""
