"""Words, texts and columns of paragraphs as memory-mapped arrays, in Whoosh's shape: a codec of our own."""
