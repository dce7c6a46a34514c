"""Cleaning: from a fetched page or a dump's text to the article and nothing but the article.

Pure functions: no broker, no clock but the one handed in, no globals that change.
"""
