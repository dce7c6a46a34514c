"""Search: the client of Elasticsearch, the query parser, and the search itself; for the command and the console."""
