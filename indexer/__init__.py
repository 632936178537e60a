"""The library: reading policy texts, indexing their paragraphs, and answering queries."""
