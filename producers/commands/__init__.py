"""Subcommands of the producers."""
