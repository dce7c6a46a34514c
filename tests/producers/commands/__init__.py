"""Tests of the producers' commands."""
