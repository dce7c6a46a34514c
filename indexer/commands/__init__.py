"""Subcommands of the indexer."""
