"""Kibana's saved objects: made by `python -m deploy.kibana`, imported by `warta kibana import`."""
