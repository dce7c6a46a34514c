"""Deployment: the native stack, containers and operations."""
