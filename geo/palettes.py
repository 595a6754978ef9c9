"""Colours of every theme, in one place: map, charts, legend and marks all take theirs from here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, Literal

Theme = Literal["light", "dark", "projector"]
THEMES: Final[tuple[Theme, ...]] = ("light", "dark", "projector")
MOST_CLASSES: Final = 5


@dataclass(frozen=True)
class Palette:
    """Neutral and semantic colours of one theme, each a `#rrggbb`; the ramps have five steps from low to high,
    `bivariate` nine (three of the first value in each of three of the second), `units` those of grids' and
    of residents' groups' borders, `barriers` one for each class of line; no two of these look alike.
    """

    paper: str
    surface: str
    ink: str
    muted: str
    line: str
    accent: str
    better: str
    worse: str
    land: str
    water: str
    river: str
    shore: str
    river_ink: str
    road: str
    casing: str
    arterial: str
    rail: str
    boundary: str
    halo: str
    dim: str
    zero: str
    mark: str
    office: str
    sequential: tuple[str, str, str, str, str]
    diverging: tuple[str, str, str, str, str]
    categories: tuple[str, ...]
    bivariate: tuple[str, ...]
    units: tuple[str, str]
    barriers: dict[str, str]


def _barriers(*colours: str) -> dict[str, str]:
    names = ("river", "arterial", "road", "lane", "wall", "landmark", "rail", "none")
    return dict(zip(names, colours, strict=True))


# Sequential ramps follow ColorBrewer YlGnBu (light grounds) and a viridis-like climb from dark to bright (dark ground);
# diverging ones follow ColorBrewer BrBG: all keep their order for colour-blind readers and in grey.
PALETTES: Final[dict[Theme, Palette]] = {
    "light": Palette(
        paper="#f3f6f8", surface="#ffffff", ink="#1d2733", muted="#5b6672", line="#d7dde3", accent="#0f5c7a",
        better="#01695a", worse="#8c510a", land="#fbfaf6", water="#cfe3ee", river="#6aa9cc",
        shore="#f4f9fc", river_ink="#2f6f94",
        road="#ffffff", casing="#c3c6c2", arterial="#ffffff", rail="#9a9fa3", boundary="#3d4a54", halo="#ffffff",
        dim="#f3f6f8", zero="#ffffff", mark="#8b949a", office="#b3261e",
        sequential=("#e6f2c0", "#a9dbb8", "#58b6c0", "#2f7fb5", "#25408f"),
        diverging=("#a6611a", "#dfc27d", "#f1efe8", "#80cdc1", "#01756a"),
        categories=("#0f5c7a", "#c8791b", "#3d8b63", "#8a5a9e", "#b3473f", "#6b7780"),
        bivariate=("#e8e8e8", "#ace4e4", "#5ac8c8", "#dfb0d6", "#a5add3", "#5698b9", "#be64ac", "#8c62aa", "#3b4994"),
        units=("#c51b8a", "#00703c"),
        barriers=_barriers("#1f78b4", "#a63603", "#d9730d", "#8c7a12", "#6a51a3", "#111111", "#7a7a7a", "#e31a1c"),
    ),
    "dark": Palette(
        paper="#121a22", surface="#1b252f", ink="#e6ebf0", muted="#a3afba", line="#34424f", accent="#5db4d6",
        better="#5fd0b4", worse="#e0a458", land="#1d262d", water="#14303f", river="#3f86ab",
        shore="#0d1a22", river_ink="#8cc4e0",
        road="#46535d", casing="#141b20", arterial="#5d6b75", rail="#6d7a83", boundary="#dfe7eb", halo="#121a22",
        dim="#121a22", zero="#4a5761", mark="#74838d", office="#ff8a7a",
        sequential=("#21405f", "#1f6a86", "#2a9891", "#73c583", "#e6eb8f"),
        diverging=("#d8963f", "#8f6a3a", "#3a444b", "#2f8378", "#52cdb6"),
        categories=("#5db4d6", "#e3a857", "#6cc495", "#bf95d4", "#ef8d82", "#a3b1b9"),
        bivariate=("#2a333c", "#2f6f7a", "#37b3bd", "#7a4a78", "#6b6f9b", "#7fa6d6", "#d07cc4", "#b58fd8", "#ece6ff"),
        units=("#ff7ac8", "#4fd69c"),
        barriers=_barriers("#5fb0ea", "#ff8a5c", "#f2b04a", "#cbbf55", "#b59ee6", "#ffffff", "#97a1a9", "#ff5c5c"),
    ),
    "projector": Palette(
        paper="#ffffff", surface="#ffffff", ink="#000000", muted="#39444b", line="#9aa3a8", accent="#004e7c",
        better="#00594b", worse="#7a3f00", land="#ffffff", water="#b9d9ea", river="#2b84b8",
        shore="#ffffff", river_ink="#083d5e",
        road="#ffffff", casing="#8d9498", arterial="#ffffff", rail="#5f686d", boundary="#101820", halo="#ffffff",
        dim="#ffffff", zero="#ffffff", mark="#5f6a70", office="#a50f0a",
        sequential=("#f3f9c4", "#97d6ac", "#35a5b8", "#17588f", "#182a78"),
        diverging=("#834405", "#d9b562", "#f4f2ec", "#5fbfb0", "#005e54"),
        categories=("#004e7c", "#834405", "#1a623e", "#6f3d87", "#9c1458", "#3f4a51"),
        bivariate=("#f0f0f0", "#8fd8d8", "#2bb0b0", "#d992cb", "#8e97c8", "#3f83ad", "#a93d94", "#73479a", "#232f7a"),
        units=("#a3006b", "#00563b"),
        barriers=_barriers("#0b5fa5", "#8c2d04", "#c65f00", "#6b5c00", "#54278f", "#000000", "#5c5c5c", "#d4001a"),
    ),
}  # fmt: skip

_CHOICE: Final = {1: (2,), 2: (1, 3), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}
_BALANCED: Final = {1: (2,), 2: (0, 4), 3: (0, 2, 4), 4: (0, 1, 3, 4), 5: (0, 1, 2, 3, 4)}


class ClassCountError(ValueError):
    """Raised when a map asks for more colour classes than a reader can tell apart."""

    def __init__(self, classes: int) -> None:
        super().__init__(
            f"{classes} classes were asked for, but a map here has 1 to {MOST_CLASSES}, since more cannot be told "
            "apart; group the values into fewer classes."
        )


def sequential(theme: Theme, classes: int = MOST_CLASSES) -> tuple[str, ...]:
    """Return `classes` colours from low to high; raises ClassCountError outside 1 to 5."""
    return _pick(PALETTES[theme].sequential, _CHOICE, classes)


def diverging(theme: Theme, classes: int = MOST_CLASSES) -> tuple[str, ...]:
    """Return `classes` colours from far below to far above the comparator; raises ClassCountError outside 1 to 5."""
    return _pick(PALETTES[theme].diverging, _BALANCED, classes)


def bivariate(theme: Theme) -> tuple[str, ...]:
    """Return nine colours for two values in three classes each: index 3 × class of the second + class of the first."""
    return PALETTES[theme].bivariate


def luminance(colour: str) -> float:
    """Return the relative luminance (WCAG) of a `#rrggbb`, from 0 for black to 1 for white."""
    channels = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast (WCAG, 1 to 21) of two colours `#rrggbb`."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def for_browser() -> dict[str, dict[str, object]]:
    """Return every palette as plain data: theme -> name -> colour (or list of colours)."""
    return {theme: asdict(palette) for theme, palette in PALETTES.items()}


def _pick(ramp: tuple[str, ...], choice: dict[int, tuple[int, ...]], classes: int) -> tuple[str, ...]:
    if classes not in choice:
        raise ClassCountError(classes)
    return tuple(ramp[i] for i in choice[classes])
