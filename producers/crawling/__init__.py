"""The crawler: our own loop of politeness, discovery and delivery on Scrapy's downloader (docs/decisions/0009-crawler.md)."""
