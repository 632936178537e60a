"""What a segment keeps beside its words: documents and paragraphs as stored, and columns by paragraph."""
