"""Exact quotation: which paragraphs hold these characters, in this order, wherever they stand."""

from indexer.whoosh_backend.quotations.index import QuotationIndex, SegmentQuotes
from indexer.whoosh_backend.quotations.writer import QUOTES, QuotesWriter, merge_quotes, write_quotations

__all__ = ["QUOTES", "QuotationIndex", "QuotesWriter", "SegmentQuotes", "merge_quotes", "write_quotations"]
