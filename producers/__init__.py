"""Producers: what puts raw articles on Kafka."""
