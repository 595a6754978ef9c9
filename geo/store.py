"""The edition store: drafts, decisions and published editions in a database, in a log that only grows.

An edition is a table block -> neighbourhood. A draft is a line of operations over one: its plan is their replay, always
sound, the same in every process. Nothing is ever overwritten: undo, redo and taking back are entries of their own.
What returns is on the disk; what raises has left nothing.
"""

from __future__ import annotations

from geo.store_drafts import Drafts
from geo.store_presence import Presence
from geo.store_rebase import Rebase
from geo.store_transfer import Transfer
from geo.store_workflow import Workflow


class Store(Drafts, Presence, Rebase, Transfer, Workflow):
    """All that the pages ask of the store; one a process, shared by its threads."""
