"""Publishing an approved draft: the new edition's tables, extracts and map are made beside the old ones, then switched.

The order makes it safe: everything is written and on the disk before the store takes the edition in, and only then the
manifest names it. Killed before that, the old edition is in force and leftovers are made again or swept away; killed
after, the next start finds the edition in the store and puts it in force (`data.editions.settle`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

from data.contract import DataError
from data.editions import build_edition, edition_due, open_store, put_in_force
from data.locks import Busy, held
from data.manifest import edition_dir
from data.next_edition import next_edition
from data.prepare import PROJECT, STATIC
from data.publish import write_edition
from data.static_assets import build_static, manifest_name
from geo.store import Store
from geo.store_records import Edition, Role, User

Progress = Callable[[str, float], None]
ROOT = "LINLI_DATA"


class PublishingBusy(DataError):
    """Raised when another publication is under way."""

    def __init__(self) -> None:
        super().__init__("Another edition is being published at this moment. Wait until it is done, and try again.")


class PublishingFailed(DataError):
    """Raised when a publication in a process of its own came to nothing; `reason` says why."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The edition was not published: {reason} The former edition stays in force.")


@dataclass(frozen=True)
class Publication:
    """What is to be published: the draft, by whom, from which day, under which name, and why; `id` makes it one."""

    draft: str
    user: User
    effective_on: date
    name: str
    why: str
    id: str


def publish_draft(root: Path, wanted: Publication, progress: Progress, static: Path = STATIC) -> Edition:
    """Make an approved draft the next edition of the data folder `root`; asked again with the same id, the same one.

    Readers see the old edition or the new one, never a part: the new one from its effective day on. `progress` hears
    the step and the share done. Raises PublishingBusy, the errors of geo.store_errors, EditionBroken, TotalsDiffer.
    """
    try:
        with held(root / "editions" / ".publishing.lock"):
            return _publish(root, open_store(root), wanted, progress, static)
    except Busy as error:
        raise PublishingBusy from error


def _publish(root: Path, store: Store, wanted: Publication, progress: Progress, static: Path) -> Edition:
    known = store.published_as(wanted.id)
    if known is None:
        base = store.check_publishable(wanted.draft, wanted.user)
        sweep(root, store, static)
        made = _prepared(root, store, wanted, base, progress, static)
        progress("store", 0.97)
        known = store.publish(
            wanted.draft, wanted.user, made.id, wanted.name, wanted.effective_on, wanted.why, id=wanted.id
        )
    progress("switch", 0.98)
    build_edition(root, known)
    if edition_due(root) == known.id:
        put_in_force(root, known.id)
    progress("done", 1.0)
    return known


def _prepared(root: Path, store: Store, wanted: Publication, base: str, progress: Progress, static: Path) -> Edition:
    """Everything of the edition that readers will need, written where nobody looks yet."""
    edition = Edition(
        edition_id(store, wanted.effective_on),
        0,
        wanted.name,
        wanted.effective_on,
        wanted.user,
        store.clock(),
        wanted.why,
        base,
        wanted.draft,
        0,
    )  # fmt: skip (number 0: readers cannot choose it before the store has taken it in)
    plan = store.plan(wanted.draft)
    plan = replace(plan, names={**store.names(base), **plan.names})
    tables = next_edition(root, edition_dir(root, base), plan, lambda step, share: progress(step, 0.2 * share))
    progress("edition", 0.2)
    write_edition(tables, root, edition.id)
    made = build_edition(root, edition, lambda step, share: progress(step, 0.22 + 0.66 * share))
    progress("map", 0.9)
    build_static(root / "extracts" / made.version, static, edition.id)
    return edition


def edition_id(store: Store, effective_on: date) -> str:
    """Year and month of the effective day, with a serial where the month has an edition already."""
    taken = {edition.id for edition in store.editions()}
    month = f"{effective_on:%Y-%m}"
    return next(name for name in (month, *(f"{month}-{n}" for n in range(2, 1000))) if name not in taken)


def sweep(root: Path, store: Store, static: Path) -> None:
    """Remove what publications that were cut short left behind: tables and manifests of editions nobody published."""
    known = {edition.id for edition in store.editions()}
    for folder in (root / "editions").iterdir():
        if folder.is_dir() and folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
    for path in (root / "extracts").glob("edition-*.json"):
        if path.stem.removeprefix("edition-") not in known:
            path.unlink(missing_ok=True)
    kept = {manifest_name(edition) for edition in (*known, "")}
    for path in static.glob("manifest-*.json"):
        if path.name not in kept:
            path.unlink(missing_ok=True)


# ── in a process of its own ──


@dataclass
class Publishing:
    """A publication under way in a process of its own: `step` and `share` tell how far it is."""

    process: subprocess.Popen[str]
    step: str = "start"
    share: float = 0.0
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """Whether it has ended, well or not."""
        return self.process.poll() is not None and not self.listener.is_alive()

    def result(self) -> str:
        """The id of the published edition, once done. Raises PublishingFailed."""
        self.process.wait()
        self.listener.join()
        if "edition" in self.answer:
            return str(self.answer["edition"])
        raise PublishingFailed(str(self.answer.get("error", f"its process ended with {self.process.returncode}.")))

    def __post_init__(self) -> None:
        self.listener = Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if "step" in told:
                self.step, self.share = told["step"], told["share"]
            else:
                self.answer = told


def start_publishing(root: Path, wanted: Publication, static: Path = STATIC) -> Publishing:
    """Publish in a process of its own, so that the server goes on answering; ask the result for the step and share."""
    given = {
        "draft": wanted.draft, "user": wanted.user.name, "role": wanted.user.role, "name": wanted.name,
        "effective": wanted.effective_on.isoformat(), "why": wanted.why, "id": wanted.id, "static": static,
    }  # fmt: skip
    command = [sys.executable, "-m", "data", "publish", "--json", *(f"--{key}={value}" for key, value in given.items())]
    environment = {**os.environ, ROOT: str(root.resolve()), "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(  # noqa: S603 (our own interpreter, no shell)
        command, stdout=subprocess.PIPE, text=True, encoding="utf-8", cwd=PROJECT, env=environment
    )
    return Publishing(process)


def user_named(name: str, role: str) -> User:
    """The user that a command line names."""
    return User(name, Role(role))
