"""Which pages there are: a page joins the navigation by one line here, and only when it works."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A page: file pages/<name>.py, address /<name>, words nav.<name>; `group` "" is not listed."""

    name: str
    group: str

    @property
    def path(self) -> str:
        """Path under the entry file, as Streamlit wants it."""
        return f"pages/{self.name}.py"


# Groups in their order: overview, linli, outcomes, boundaries, report, data.
PAGES = (
    Entry("overview", "overview"),
    Entry("area", "overview"),
    Entry("party", "linli"),
    Entry("self_governance", "linli"),
    Entry("services", "linli"),
    Entry("events", "linli"),
    Entry("information", "linli"),
    Entry("workforce", "linli"),
    Entry("outcomes", "outcomes"),
    Entry("compare", "outcomes"),
    Entry("boundaries", "boundaries"),
    Entry("reach", "boundaries"),
    Entry("workbench", "boundaries"),
    Entry("editions", "boundaries"),
    Entry("stories", "report"),
    Entry("deliveries", "data"),
    Entry("delivery_quality", "data"),
    Entry("records", "data"),
    Entry("definitions", "data"),
    Entry("dictionary", "data"),
    Entry("present", ""),
    Entry("search", ""),
    Entry("help", ""),
    Entry("missing", ""),
)


def groups() -> dict[str, list[Entry]]:
    """Listed pages by group, in order."""
    found: dict[str, list[Entry]] = {}
    for entry in PAGES:
        if entry.group:
            found.setdefault(entry.group, []).append(entry)
    return found


def known(asked: str) -> bool:
    """Whether a page has this address; the first page's is empty."""
    return not asked or asked in {entry.name for entry in PAGES}


def address(entry: Entry, asked: str) -> str:
    """Address of a page: its name; the page that says so takes any `asked` address which none has.

    Streamlit would else open a dialog of its own, in English, above the overview.
    """
    return asked if entry.name == "missing" and not known(asked) else entry.name
