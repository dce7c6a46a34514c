"""`warta crawl` as a process against the local web and a real Kafka."""
