"""The history of ids: what left the index is kept, so that a link to it says what has become of the paragraph."""
