"""Clusters of nearly the same paragraphs over a whole build: found while it is written, kept in a file, counted."""
