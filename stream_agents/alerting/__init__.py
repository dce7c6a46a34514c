"""Alerting: negative coverage that rises beyond chance, counted in distinct stories, with a kept false-alarm promise."""
