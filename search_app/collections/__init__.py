"""Collections: saved passages, searches and comparisons, in a database of their own beside the index."""
