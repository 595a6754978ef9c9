"""Geography without pages: networks, blocks, neighbourhoods, their checks and their measures."""
