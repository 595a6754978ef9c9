"""Questions put to the extracts: one SELECT a file, one typed function of its name."""
