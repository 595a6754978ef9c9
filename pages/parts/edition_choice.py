"""Which boundary edition a page shows: the choice of one in the way here, and what the reader sees, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from itertools import pairwise

from data.manifest import Manifest, data_root, edition_in_force, edition_on, editions_built
from pages.parts import data, state
from pages.parts.state import OF_THE_TIME, OWN_EDITION, View
from pages.parts.words import date_text, period_text, t


def named(manifest: Manifest) -> str:
    """“Boundary edition 2021-01”, and that its neighbourhoods' figures are estimates where they are."""
    said = t("footer.edition", edition=manifest.edition)
    return f"{said}{estimated(manifest)}"


def estimated(manifest: Manifest) -> str:
    """In brackets: from which edition figures were shared out by households; "" where they are as counted."""
    return t("edition_choice.estimated", origin=manifest.rebased_from) if manifest.rebased_from else ""


def menu(view: View) -> str:
    """The edition shown, which opens the choice of others; "" on pages of their own edition, or while there is one."""
    known = editions_built(data_root())
    if view.page in OWN_EDITION or len(known) < 2:
        return ""
    shown = data.manifest()
    links = "".join(
        f'<li><a href="{escape(state.link(edition=value))}"{_current(value == view.edition)}>{escape(words)}</a></li>'
        for value, words in _choices(view, known)
    )
    label = escape(t("edition_choice.label"))
    return (
        f'<nav class="ll-edition" aria-label="{label}"><details class="ll-menu"><summary>'
        f"{escape(t('footer.edition', edition=shown.edition))}</summary>"
        f"<div><p>{escape(t('edition_choice.text'))}</p><ul>{links}</ul></div></details></nav>"
    )


def _choices(view: View, known: Sequence[Manifest]) -> Iterator[tuple[str, str]]:
    """The edition in force, that of the period, then every edition with its days, the latest first."""
    force = edition_in_force(data_root()) or ""
    yield "", t("edition_choice.in_force", edition=force)
    then = _of_the_time(view, known)
    yield OF_THE_TIME, t("edition_choice.of_the_time", period=period_text(view.period), edition=then.edition)
    for made in reversed(known):
        yield made.edition, _days(made, known)


def _of_the_time(view: View, known: Sequence[Manifest]) -> Manifest:
    return edition_on(known, data.days(view.period)[1]) or known[0]


def _days(made: Manifest, known: Sequence[Manifest]) -> str:
    """From when to when an edition is or was in force."""
    values = {"edition": made.edition, "since": date_text(_since(made))}
    if _since(made) > date.today():
        return t("edition_choice.coming", **values)
    after = _successor(made, known)
    if after is None or _since(after) > date.today():
        return t("edition_choice.since", **values)
    return t("edition_choice.until", until=date_text(_since(after)), **values)


def _since(made: Manifest) -> date:
    return date.fromisoformat(made.edition_effective)


def _successor(made: Manifest, known: Sequence[Manifest]) -> Manifest | None:
    """The edition that took the place of this one."""
    return next((after for before, after in pairwise(known) if before.edition == made.edition), None)


def line(view: View) -> str:
    """What the reader sees where it is not simply the edition in force: which edition, whether its figures were shared
    out, and the ways to the others; "" where there is nothing to say.
    """
    known = editions_built(data_root())
    if view.page in OWN_EDITION or len(known) < 2:
        return ""
    shown, force = data.manifest(), edition_in_force(data_root()) or ""
    period, then = period_text(view.period), _of_the_time(view, known)
    said = [] if shown.edition == force else [_standing(shown, known)]
    if shown.rebased_from:
        said.append(t("edition_choice.shared_out", origin=shown.rebased_from, edition=shown.edition))
    elif shown.edition != force:
        said.append(t("edition_choice.as_counted", edition=shown.edition))
    ways = [("", t("edition_choice.to_force", edition=force))] if shown.edition != force else []
    if then.edition not in (shown.edition, force):
        ways.append((OF_THE_TIME, t("edition_choice.to_time", period=period, edition=then.edition)))
    if not said and not ways:
        return ""
    links = " ".join(f'<a href="{escape(state.link(edition=value))}">{escape(words)}</a>' for value, words in ways)
    kind = "ll-notice" if shown.edition != force else "ll-note-text"
    return f'<p class="{kind} ll-edition-line" role="note">{escape("".join(said))} {links}</p>'


def _standing(shown: Manifest, known: Sequence[Manifest]) -> str:
    """That the edition shown is not the one in force: a former one, or one whose day is yet to come."""
    values = {"edition": shown.edition, "since": date_text(_since(shown))}
    after = _successor(shown, known)
    if _since(shown) > date.today() or after is None:
        return t("edition_choice.seeing_coming", **values)
    return t("edition_choice.seeing_former", until=date_text(_since(after)), after=after.edition, **values)


def _current(now: bool) -> str:
    return ' aria-current="true"' if now else ""
