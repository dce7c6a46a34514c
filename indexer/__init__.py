"""Indexer: plain Kafka consumers that write Elasticsearch."""
