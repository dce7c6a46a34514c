"""One thin agent a stage: decode, call the pure stage, publish, account."""
