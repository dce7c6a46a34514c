"""Subcommands that run the pipeline on this machine: up, down, status."""
