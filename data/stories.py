"""Stories: scenes in order, each what an address holds with a title, notes and a time; as one file and as shipped.

The file `.linli-story.json` is what is exchanged, what the database keeps, and what stays readable for years: it says
its format's number, and a reader refuses what it doesn't know in one sentence, before anything is kept.
"""

from __future__ import annotations

import json
import re
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from data.contract import DataError

SHIPPED: Final = Path(__file__).with_name("stories")
FORMAT: Final = "linli-story"
FORMAT_NUMBER: Final = 1
FILE_SUFFIX: Final = ".linli-story.json"
LANGUAGES: Final = ("zh", "en")
NOT_KEPT: Final = frozenset({"lang", "theme", "edition", "as", "story", "scene", "present", "highlights"})
"""Parameters of an address that belong to the reader or the talk (which shows one edition), or that a scene keeps in a
field of its own."""

MOST_BYTES: Final = 2_000_000
MOST_SCENES: Final = 200
LONGEST: Final = {"title": 200, "finding": 400, "notes": 20_000, "name": 80}
SECONDS: Final = (5, 3600)

_PAGE: Final = re.compile(r"[a-z][a-z_]{0,40}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


class StoryError(DataError):
    """The root of what can be wrong with a story; `story` is its name."""

    def __init__(self, story: str, sentence: str) -> None:
        self.story = story
        super().__init__(sentence)


class StoryUnknown(StoryError):
    """Raised when no story has this name or id."""

    def __init__(self, story: str) -> None:
        super().__init__(story, f"There is no story called “{story}”. Look on the page of stories for those there are.")


class StoryUnreadable(StoryError):
    """Raised when a file is no story: `problem` is too_large, no_json, no_story, newer or wrong; `where` the place."""

    def __init__(self, problem: str, where: str = "") -> None:
        self.problem, self.where = problem, where
        super().__init__(
            "", f"The file cannot be read as a story ({problem} {where}). Export it again and import that."
        )


@dataclass(frozen=True)
class Place:
    """Where a map looks: centre in degrees (EPSG:4490) and Leaflet's zoom."""

    lon: float
    lat: float
    zoom: float


@dataclass(frozen=True)
class Scene:
    """One scene: a page and the query parameters of its address, without language and theme.

    `params` is what the View reads: area, indicator, period, compare, level, layers and the page's own. `charts` are at
    most two of: `ranked`, `trend`, or the key of a chart card of the page; `highlights` are area codes. Scenes with the
    same `locked` word share colour breaks and the map's view. `branch_of` is the id of the scene after which this one
    is shown if asked for; it has no place in the order of the talk. `finding` is the sentence below the title where it
    is not the one that the page finds.
    """

    page: str
    params: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    notes: str = ""
    seconds: int = 60
    charts: tuple[str, ...] = ("ranked", "trend")
    highlights: tuple[str, ...] = ()
    place: Place | None = None
    locked: str = ""
    branch_of: str = ""
    finding: str = ""
    id: str = field(default_factory=lambda: secrets.token_hex(4))


@dataclass(frozen=True)
class Story:
    """Scenes in their order; `name` is for addresses and the shell, `title` for people.

    `data_version` and `edition` are those it was made with, "" for one that goes with whatever is current (the shipped
    ones). `made_at` is UTC, ISO 8601.
    """

    name: str
    title: str
    lang: str = "zh"
    scenes: tuple[Scene, ...] = ()
    data_version: str = ""
    edition: str = ""
    made_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    id: str = field(default_factory=lambda: secrets.token_hex(6))

    @property
    def main(self) -> tuple[Scene, ...]:
        """The scenes of the talk in order, without those shown only if asked for."""
        return tuple(scene for scene in self.scenes if not scene.branch_of)

    def branches(self, scene: Scene) -> tuple[Scene, ...]:
        """The scenes kept for a question after `scene`."""
        return tuple(other for other in self.scenes if other.branch_of == scene.id)

    @property
    def seconds(self) -> int:
        """The planned time of the talk, branches not counted."""
        return sum(scene.seconds for scene in self.main)


def kept_params(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters of an address that a scene keeps."""
    return {key: value for key, value in params.items() if key not in NOT_KEPT}


# ── one file ──


def to_json(story: Story) -> str:
    """The story as the text of one file; `from_json` gives the same story back."""
    body = {"format": FORMAT, "number": FORMAT_NUMBER, **asdict(story)}
    return json.dumps(body, ensure_ascii=False, indent=1)


def from_json(text: str | bytes) -> Story:
    """The story in a file's text. Raises StoryUnreadable, and then nothing of it is used."""
    if len(text) > MOST_BYTES:
        raise StoryUnreadable("too_large")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise StoryUnreadable("no_json") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise StoryUnreadable("no_story")
    if body.get("number") != FORMAT_NUMBER:
        raise StoryUnreadable("newer", str(body.get("number"))[:20])
    return read_story({key: value for key, value in body.items() if key not in {"format", "number"}})


def read_story(body: Mapping[str, Any]) -> Story:
    """The story that plain data describe, every field checked. Raises StoryUnreadable naming the first wrong one."""
    scenes = body.get("scenes", [])
    if not isinstance(scenes, Sequence) or isinstance(scenes, str) or len(scenes) > MOST_SCENES:
        raise StoryUnreadable("wrong", "scenes")
    own = {key: value for key, value in body.items() if key != "scenes"}
    _only_known(own, Story, "")
    for key, value in own.items():
        _text(value, key, LONGEST.get(key, 100))
    story: Story = _made(
        Story, {**own, "scenes": tuple(_scene(each, place) for place, each in enumerate(scenes, start=1))}
    )
    _require(bool(_NAME.fullmatch(story.name)), "name")
    _require(story.lang in LANGUAGES, "lang")
    _require(bool(_ID.fullmatch(story.id)), "id")
    _consistent(story)
    return story


def _scene(body: Any, number: int) -> Scene:
    where = f"scene {number}"
    _require(isinstance(body, Mapping), where)
    _only_known(body, Scene, where)
    for key in ("page", "title", "finding", "notes", "locked", "branch_of", "id"):
        _text(body.get(key, ""), f"{where}: {key}", LONGEST.get(key, 100))
    params = body.get("params", {})
    _require(isinstance(params, Mapping) and len(params) <= 60, f"{where}: params")
    for key, value in params.items():
        _text(value, f"{where}: {key}", 500)
    lists = {key: _texts(body[key], f"{where}: {key}") for key in ("charts", "highlights") if key in body}
    seconds = body.get("seconds", 60)
    _require(type(seconds) is int and SECONDS[0] <= seconds <= SECONDS[1], f"{where}: seconds")
    place = {"place": _place(body["place"], f"{where}: place")} if "place" in body else {}
    scene: Scene = _made(Scene, {**body, "params": kept_params(params), **lists, **place})
    _require(bool(_PAGE.fullmatch(scene.page)), f"{where}: page")
    _require(bool(_ID.fullmatch(scene.id)), f"{where}: id")
    return scene


def _place(body: Any, where: str) -> Place | None:
    if body is None:
        return None
    _require(isinstance(body, Mapping) and set(body) == {"lon", "lat", "zoom"}, where)
    limits = {"lon": (-180, 180), "lat": (-85, 85), "zoom": (0, 24)}
    for key, (low, high) in limits.items():
        value = body[key]
        _require(isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high, where)
    return Place(**{key: float(body[key]) for key in limits})


def _consistent(story: Story) -> None:
    """Ids are told apart, and what is shown if asked for follows a scene of the talk."""
    ids = [scene.id for scene in story.scenes]
    _require(len(set(ids)) == len(ids), "id")
    main = {scene.id for scene in story.main}
    for number, scene in enumerate(story.scenes, start=1):
        _require(not scene.branch_of or scene.branch_of in main, f"scene {number}: branch_of")
        _require(len(scene.charts) <= 2, f"scene {number}: charts")


def _made(kind: type[Any], body: Mapping[str, Any]) -> Any:
    try:
        return kind(**body)
    except TypeError as error:  # a field without a default is missing
        raise StoryUnreadable("wrong", str(error).rpartition(": ")[2][:80]) from error


def _only_known(body: Mapping[str, Any], kind: type[Any], where: str) -> None:
    known = {part.name for part in fields(kind)}
    if strange := [str(key) for key in body if key not in known]:
        raise StoryUnreadable("wrong", f"{where} {strange[0][:40]}".strip())


def _require(condition: bool, where: str) -> None:
    if not condition:
        raise StoryUnreadable("wrong", where)


def _text(value: Any, where: str, longest: int) -> None:
    _require(isinstance(value, str) and len(value) <= longest, where)


def _texts(value: Any, where: str) -> tuple[str, ...]:
    _require(isinstance(value, list | tuple) and len(value) <= 50, where)
    for each in value:
        _text(each, where, 60)
    return tuple(value)


# ── as shipped ──


def shipped_names() -> list[str]:
    """Names of the stories that come with the product."""
    return sorted({path.name.split(".")[0] for path in SHIPPED.glob("*.toml")})


def shipped(name: str, lang: str) -> Story:
    """A story that comes with the product, in one language. Raises StoryUnknown."""
    path = SHIPPED / f"{name}.{lang}.toml"
    if name not in shipped_names() or not path.is_file():
        raise StoryUnknown(name[:80])
    body = tomllib.loads(path.read_text(encoding="utf-8"))
    scenes = [{"id": f"s{number}", **scene} for number, scene in enumerate(body.pop("scene"), start=1)]
    return read_story({**body, "name": name, "lang": lang, "id": name, "made_at": "", "scenes": scenes})


# ── changed ──


def with_scene(story: Story, scene: Scene) -> Story:
    """The story with `scene` at its end, or in the place of the one that has its id."""
    if any(each.id == scene.id for each in story.scenes):
        return replace(story, scenes=tuple(scene if each.id == scene.id else each for each in story.scenes))
    return replace(story, scenes=(*story.scenes, scene))


def without_scene(story: Story, scene_id: str) -> Story:
    """The story without a scene; what was kept for a question after it goes with it."""
    return replace(story, scenes=tuple(s for s in story.scenes if scene_id not in {s.id, s.branch_of}))


def reordered(story: Story, ids: Sequence[str]) -> Story:
    """The story with its scenes in the order of `ids`; scenes not named keep their order at the end."""
    rank = {scene_id: place for place, scene_id in enumerate(ids)}
    return replace(story, scenes=tuple(sorted(story.scenes, key=lambda scene: rank.get(scene.id, len(rank)))))


def duplicated(story: Story, scene_id: str) -> Story:
    """The story with a copy of a scene right after it."""
    scenes: list[Scene] = []
    for scene in story.scenes:
        scenes.append(scene)
        if scene.id == scene_id:
            scenes.append(replace(scene, id=secrets.token_hex(4)))
    return replace(story, scenes=tuple(scenes))


def tied(story: Story, scene_id: str) -> Story:
    """The story with a scene of the talk held to the one before it: the same colour breaks and frame of the map.

    Raises StoryUnknown for a scene that none goes before.
    """
    ids = [scene.id for scene in story.main]
    if scene_id not in ids[1:]:
        raise StoryUnknown(scene_id)
    before = story.main[ids.index(scene_id) - 1]
    group = before.locked or secrets.token_hex(3)
    both = {before.id, scene_id}
    return replace(story, scenes=tuple(replace(s, locked=group) if s.id in both else s for s in story.scenes))


def loosened(story: Story, scene_id: str) -> Story:
    """The story with a scene held to no other; one that was held to this one alone is free too."""
    group = next((scene.locked for scene in story.scenes if scene.id == scene_id), "")
    left = [scene.id for scene in story.scenes if scene.locked == group and scene.id != scene_id]
    free = {scene_id, *(left if len(left) == 1 else ())}
    return replace(story, scenes=tuple(replace(s, locked="") if s.id in free else s for s in story.scenes))


def branched(story: Story, scene_id: str, after: str) -> Story:
    """The story with a scene kept for a question after scene `after` ("": back into the talk).

    What was kept for a question after the scene itself is then kept after `after` too. Raises StoryUnknown when
    `after` is no scene of the talk or the scene itself.
    """
    if after and (after == scene_id or after not in {scene.id for scene in story.main}):
        raise StoryUnknown(after)
    moved = {scene_id} | ({s.id for s in story.scenes if s.branch_of == scene_id} if after else set())
    return replace(story, scenes=tuple(replace(s, branch_of=after) if s.id in moved else s for s in story.scenes))
