"""Models that Warta ships, and how to make one's own."""
