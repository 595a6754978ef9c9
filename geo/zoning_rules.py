"""What a neighbourhood should be, as data: targets and ranges by kind, and what the optimiser pays for missing them."""

from __future__ import annotations

from dataclasses import dataclass, field

NO_LIMIT = 1 << 30
MOST = 999
"""Neighbourhoods a community can have: their serials have three digits."""


class ZoningError(ValueError):
    """The tables given cannot be zoned; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Rule:
    """What a neighbourhood of one kind should have: households, and buildings from `low` to `high` (None: no rule)."""

    target: int
    low: int | None = None
    high: int | None = None


RULES = {"urban": Rule(300, 3, 10), "resettlement": Rule(300, 3, 10), "rural": Rule(150)}


@dataclass(frozen=True)
class Weights:
    """Costs of the optimiser, whole numbers; constraints (contiguity, nesting, coverage) are not among them.

    Deviation from target costs `balance`·off²/1000 with `off` in thousandths, and more beyond `tight` and `wide`.
    `cut` is the cost of a metre of border by what it lies on, `keep` of a metre of barrier left inside a
    neighbourhood. `compound` is for each division of a compound, village group or landmark, `stay` for a household
    that changes neighbourhood, `mixed` for a metre inside a neighbourhood between rural and urban blocks. `heat` is the
    first temperature; `flips` and `recuts` are tries a block in each of 64 steps.

    The defaults meet every target of the demonstration district at once, so no target is given up for another. They
    stand beyond the knee of the drawn trade-offs (bench, by distance from the chord), on the side of barriers and of
    ±12 %: roundness is the cheapest of the three there. `keep` of a river from 12 to 48 to 80 leaves 45, 34, 30 km of
    river and arterial inside neighbourhoods at a mean roundness of 0.66, 0.64, 0.63; `compact` from 10 to 28 gains 0.01
    of roundness for 9 km; `tight_cost` from 20 to 120 takes those within 12 % from 0.950 to 0.999.
    """

    balance: int = 40
    tight: int = 115
    tight_cost: int = 120
    wide: int = 195
    wide_cost: int = 120
    buildings: int = 2500
    compact: int = 10
    round_min: int = 300
    round_cost: int = 30
    cut: dict[str, int] = field(
        default_factory=lambda: {
            "river": 0,
            "arterial": 0,
            "rail": 0,
            "road": 3,
            "wall": 4,
            "landmark": 4,
            "lane": 5,
            "none": 40,
        }
    )
    keep: dict[str, int] = field(default_factory=lambda: {"river": 48, "arterial": 32, "rail": 24})
    mixed: int = 90
    compound: int = 20000
    stay: int = 60
    heat: int = 4000
    flips: int = 12
    recuts: int = 1


@dataclass(frozen=True)
class Infeasible:
    """A demand that no division can meet: community, block (None: no single one), a sentence on what would help."""

    community: str
    block: int | None
    sentence: str
