"""Subcommands that belong to the contract: topics, search, trace, dead letters."""
