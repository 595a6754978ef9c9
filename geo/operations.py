"""Operations: what a planner can do to a plan, as frozen data that JSON keeps exactly and any machine can replay."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import shapely
from shapely.geometry import mapping, shape

VERSION = 1
"""Of the written form; `decode` reads this one and all before it."""


class Counts(NamedTuple):
    """What lives in a block or a piece of one: households, people, of these in collective households, buildings."""

    households: int
    people: int
    collective: int
    buildings: int


@dataclass(frozen=True)
class Move:
    """Give blocks to a neighbourhood of their community; `verb` tells how they were chosen (paint, push, cut, …)."""

    blocks: frozenset[int]
    to: str
    verb: str = "paint"


@dataclass(frozen=True)
class Merge:
    """Give all blocks of `retired` to `kept`; `retired` ends."""

    kept: str
    retired: str


@dataclass(frozen=True)
class Draw:
    """Let a neighbourhood be the blocks that lie mostly in a polygon (metres, as the blocks)."""

    polygon: shapely.Geometry
    neighbourhood: str


@dataclass(frozen=True)
class Split:
    """Divide a block along a line (metres) from border to border; its pieces stay in its neighbourhood.

    `counts`: one a piece, the pieces in reading order (`geo.blocks.in_reading_order`). `barrier`, `name`: what the
    line lies on (none: between buildings).
    """

    block: int
    line: shapely.Geometry
    counts: tuple[Counts, ...]
    barrier: str = "none"
    name: str | None = None


@dataclass(frozen=True)
class New:
    """Found a neighbourhood of chosen blocks of one community under a code that was never used."""

    code: str
    blocks: frozenset[int]
    name: str = ""
    name_en: str = ""
    verb: str = "new"


@dataclass(frozen=True)
class Retire:
    """End a neighbourhood; `heirs` has each of its blocks with the neighbourhood that takes it (its successors)."""

    code: str
    heirs: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Rename:
    """Give a neighbourhood another name, in Chinese and (if known) in English; its code stays."""

    code: str
    name: str
    name_en: str = ""


@dataclass(frozen=True)
class Transfer:
    """Give blocks to a neighbourhood of another community, for a reason in words."""

    blocks: frozenset[int]
    to: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """Several operations as one step: sound when all are done, perhaps not in between; undone together."""

    steps: tuple[Single, ...]
    verb: str = "batch"


Single = Move | Merge | Draw | Split | New | Retire | Rename | Transfer
Operation = Single | Batch

KINDS: Mapping[str, type[Operation]] = {
    kind.__name__.lower(): kind for kind in (Move, Merge, Draw, Split, New, Retire, Rename, Transfer, Batch)
}


class OperationUnreadable(ValueError):
    """A written operation cannot be read back; the message says what, why and what to do."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The operation cannot be read: {why}. Export it again, or leave it out.")
        self.why = why


def encode(operation: Operation) -> dict[str, Any]:
    """An operation as JSON: `version`, `kind` and its fields; geometry as GeoJSON, with every bit of its numbers."""
    values = {field.name: _written(field.name, getattr(operation, field.name)) for field in fields(operation)}
    return {"version": VERSION, "kind": type(operation).__name__.lower(), **values}


def decode(record: Mapping[str, Any]) -> Operation:
    """The operation that `encode` wrote, equal in every field. Raises OperationUnreadable."""
    version, name = record.get("version"), record.get("kind")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise OperationUnreadable(f"it is of version {version}, and this program knows those up to {VERSION}")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise OperationUnreadable(f"there is no kind of operation {name}")
    given = {key: value for key, value in record.items() if key not in ("version", "kind")}
    unknown = sorted(set(given) - {field.name for field in fields(kind)})
    if unknown:
        raise OperationUnreadable(f"a {name} has no field {', '.join(unknown)}")
    try:
        return kind(**{key: _read(key, value) for key, value in given.items()})
    except (TypeError, ValueError, KeyError, AttributeError, shapely.errors.ShapelyError) as error:
        if isinstance(error, OperationUnreadable):
            raise
        raise OperationUnreadable(f"the fields of a {name} are not what they should be ({error})") from error


def blocks_of(operation: Operation) -> frozenset[int]:
    """The blocks that an operation names itself (a Merge, Draw or Rename names none; of a Batch those of its steps)."""
    match operation:
        case Move(blocks=blocks) | New(blocks=blocks) | Transfer(blocks=blocks):
            return blocks
        case Split(block=block):
            return frozenset({block})
        case Retire(heirs=heirs):
            return frozenset(block for block, _ in heirs)
        case Batch(steps=steps):
            return frozenset().union(*(blocks_of(step) for step in steps))
        case _:
            return frozenset()


# ── fields ──


def _written(name: str, value: Any) -> Any:
    return _CODECS[name][0](value) if name in _CODECS else value


def _read(name: str, value: Any) -> Any:
    if name in _CODECS:
        return _CODECS[name][1](value)
    if not isinstance(value, str) and not (name == "name" and value is None):
        raise OperationUnreadable(f"{name} should be a text and is {value!r}")
    return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or int(value) != value:
        raise OperationUnreadable(f"{value!r} is no whole number")
    return int(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise OperationUnreadable(f"{value!r} is no text")
    return value


def _single(record: Mapping[str, Any]) -> Single:
    step = decode(record)
    if isinstance(step, Batch):
        raise OperationUnreadable("a batch stands in a batch")
    return step


def _geojson(geometry: shapely.Geometry) -> dict[str, Any]:
    # Through Python's own numbers: the library's writers of text stop at 15 or 16 digits.
    return dict(json.loads(json.dumps(mapping(geometry))))


_CODECS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "blocks": (lambda ids: sorted(int(block) for block in ids), lambda ids: frozenset(_whole(block) for block in ids)),
    "block": (int, _whole),
    "polygon": (_geojson, shape),
    "line": (_geojson, shape),
    "counts": (
        lambda rows: [[int(number) for number in row] for row in rows],
        lambda rows: tuple(Counts(*(_whole(number) for number in row)) for row in rows),
    ),
    "heirs": (
        lambda rows: [[int(block), code] for block, code in rows],
        lambda rows: tuple((_whole(block), _text(code)) for block, code in rows),
    ),
    "steps": (lambda steps: [encode(step) for step in steps], lambda rows: tuple(_single(row) for row in rows)),
}
