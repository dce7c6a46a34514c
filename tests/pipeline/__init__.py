"""The whole pipeline on the real servers: what a user relies on, end to end."""
