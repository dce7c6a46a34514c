"""Finding new articles: feeds, news sitemaps, index pages. Bytes in, links out; no network."""
