"""Exact quotation: which paragraphs hold these characters, in this order, wherever they stand."""

from indexer.whoosh_backend.quotations.index import QuotationIndex, SegmentQuotes
from indexer.whoosh_backend.quotations.writer import QuotesWriter, merge_quotes

__all__ = ["QuotationIndex", "QuotesWriter", "SegmentQuotes", "merge_quotes"]
