"""`python -m pages export …`: a story or a page as a file, from the shell."""

from __future__ import annotations

import logging
import sys

logging.disable(logging.WARNING)  # before Streamlit is read: it warns of the session that a shell does not have

from pages.exports.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
