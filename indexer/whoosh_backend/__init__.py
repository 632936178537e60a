"""The search engine over Whoosh: the only place that imports it."""
