"""The log of an app that ran: which words in it are a fault, and which are only a reader who left."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving import assert_no_fault

FRAME = '  File "x.py", line 1, in f\n    f()\n'
HEAD = f"Traceback (most recent call last):\n{FRAME}"
GONE = HEAD + 'starlette.websockets.WebSocketDisconnected: Cannot call "send" once a close message has been sent.\n'
BETWEEN = "\nDuring handling of the above exception, another exception occurred:\n\n"


@pytest.mark.parametrize(
    ("printed", "clean"),
    [
        ("You can now view\n  Stopping...\n", True),
        (GONE + BETWEEN + GONE + "  Stopping...\n", True),
        (HEAD + "ValueError: no\n", False),
        (GONE + BETWEEN + HEAD + "KeyError: 'a'\n", False),
        (HEAD, False),
    ],
)
def test_only_a_closed_connection_is_no_fault(tmp_path: Path, printed: str, clean: bool) -> None:
    log = tmp_path / "server.log"
    log.write_text(printed)
    try:
        assert_no_fault(log)
    except AssertionError:
        assert not clean
    else:
        assert clean
