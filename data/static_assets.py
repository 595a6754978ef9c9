"""Builds static/: Leaflet, our map script and style, and the published geometry, every file named by its content."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any, Final

import geopandas as gpd

from data.contract import DataError
from data.map_overlays import OVERLAY_ROLES, overlay_scripts
from geo.layers import FRAME_TO_STATIC, MapAssets
from geo.map_geometry import MapGeometryError, encode_map
from geo.palettes import for_browser

MANIFEST: Final = "manifest.json"
CHARTS: Final = "plotly"
"""Role of plotly's own script, as it comes with the Python package: a talk draws its charts without the server."""
SOURCES: Final = ("boundaries", "network", "places")
OVERLAY_SOURCES: Final = ("blocks", "edges", "reach", "three_in_one")
"""Read where they are: a map without them lacks the layers `edges`, `reach_walk`, `grids` and `groups`."""
_SCRIPTS: Final = ("geometry", "sheets", "paint", "labels", "overlays", "pointer", "furniture", "print", "view")
_making: Final = Lock()
_OURS: Final = re.compile(r"^[a-z0-9-]+-[0-9a-f]{12}\.(js|css|png|txt)$")
_IMAGES: Final = {
    "icon": "marker-icon",
    "icon2x": "marker-icon-2x",
    "shadow": "marker-shadow",
    "layers": "layers",
    "layers2x": "layers-2x",
}


class StaticError(DataError):
    """Base of the errors of this module; `name` is the file concerned."""

    def __init__(self, name: str, sentence: str) -> None:
        self.name = name
        super().__init__(sentence)


class StaticMissingError(StaticError):
    """Raised when static/ has no manifest, or the manifest names a file that is not there."""

    def __init__(self, path: Path) -> None:
        sentence = f"{path.name} is missing from static/, so the map cannot be drawn; build it again with `make data`."
        super().__init__(path.name, sentence)


class StaticUnreadableError(StaticError):
    """Raised when the manifest of static/ cannot be understood."""

    def __init__(self, path: Path, reason: str) -> None:
        sentence = f"{path.name} of static/ cannot be read ({reason}); build it again with `make data`."
        super().__init__(path.name, sentence)


class EditionMapMissing(StaticError):
    """Raised when the map files of `edition` are not there and can't be made again; `reason` says why."""

    def __init__(self, edition: str, reason: str) -> None:
        self.edition, self.reason = edition, reason
        sentence = f"The map of boundary edition {edition} is missing and could not be made again ({reason})"
        super().__init__(manifest_name(edition), f"{sentence}; run `make data`.")


class MapNotDrawableError(StaticError):
    """Raised when the published boundaries cannot become a map; says what geo.map_geometry found."""

    def __init__(self, reason: MapGeometryError) -> None:
        super().__init__("boundaries.parquet", str(reason))


def manifest_name(edition: str = "") -> str:
    """The file that names what the map of an edition needs ("": of the edition in force at the last preparation)."""
    return f"manifest-{edition}.json" if edition else MANIFEST


def build_static(extracts: Path, static: Path, edition: str = "") -> MapAssets:
    """Write the browser's files for the published extracts into `static`, and its manifest last; return what it names.

    Reads boundaries, network and places (.parquet, EPSG:4490) of `extracts`: the published edition, never a draft.
    Nothing is done when the sources are those of the manifest. Files of this and of the former manifest stay, so that
    open pages go on working; older ones are removed. Each edition has a manifest of its own (`manifest_name`), so that
    the map of one is never read with the extracts of another. Raises MapNotDrawableError, and OSError for missing
    extracts.
    """
    own = static / manifest_name(edition)
    static.mkdir(parents=True, exist_ok=True)
    paths = {name: extracts / f"{name}.parquet" for name in (*SOURCES, *OVERLAY_SOURCES)}
    source = _fingerprint([path for name, path in paths.items() if name in SOURCES or path.is_file()])
    former = _former(own)
    if former.get("source") == source and all(_intact(static / name) for name in former["files"]):
        return read_static(static, edition)
    try:
        content, order = _content(*(gpd.read_parquet(extracts / f"{name}.parquet") for name in SOURCES))
    except MapGeometryError as error:
        raise MapNotDrawableError(error) from error
    content |= {role: (text.encode(), "js") for role, text in overlay_scripts(paths).items()}
    names = {role: _write(static, role, *parts) for role, parts in content.items()}
    manifest = {
        "version": _hash("".join(names.values()).encode()),
        "source": source,
        "scripts": [names["leaflet"], names["linli-map"], names["geometry"]],
        "styles": [names["leaflet-style"], names["linli-map-style"]],
        "order": order,
        CHARTS: names[CHARTS],
        "overlays": {role: names[role] for role in OVERLAY_ROLES.values() if role in names},
        "files": sorted(names.values()),
        "former_files": former.get("files", []),
    }
    _replace(own, json.dumps(manifest, ensure_ascii=False).encode())
    _sweep(static, {name for path in static.glob("manifest*.json") for name in _named_by(_former(path))})
    return read_static(static, edition)


def _named_by(manifest: Mapping[str, Any]) -> set[str]:
    return {*manifest.get("files", []), *manifest.get("former_files", [])}


def read_static(static: Path, edition: str = "") -> MapAssets:
    """Return what the manifest of an edition names ("": of the one in force at the last preparation).

    Raises StaticMissingError and StaticUnreadableError.
    """
    path = static / manifest_name(edition)
    if not path.is_file():
        raise StaticMissingError(path)
    try:
        manifest = json.loads(path.read_bytes())
        assets = MapAssets(
            version=manifest["version"],
            scripts=tuple(manifest["scripts"]),
            styles=tuple(manifest["styles"]),
            order={level: tuple(codes) for level, codes in manifest["order"].items()},
            overlays=_overlays(manifest["overlays"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StaticUnreadableError(path, str(error)) from error
    for name in (*assets.scripts, *assets.styles, *assets.overlays.values()):
        if not (static / name).is_file():
            raise StaticMissingError(static / name)
    return assets


def static_of(static: Path, edition: str, extracts: Path) -> MapAssets:
    """As `read_static`; what is missing or unreadable is made again from the edition's own `extracts`.

    Raises EditionMapMissing where that fails: the shapes of another edition would be wrong ones.
    """
    try:
        return read_static(static, edition)
    except (StaticMissingError, StaticUnreadableError):
        with _making:  # readers who come at once wait for the first
            try:
                return build_static(extracts, static, edition)
            except (OSError, StaticError) as error:
                raise EditionMapMissing(edition, str(error)) from error


def chart_script(static: Path) -> str:
    """Name in `static` of the script that draws charts; raises StaticMissingError and StaticUnreadableError."""
    path = static / MANIFEST
    try:
        name = str(json.loads(path.read_bytes())[CHARTS])
    except FileNotFoundError as error:
        raise StaticMissingError(path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StaticUnreadableError(path, str(error)) from error
    if not (static / name).is_file():
        raise StaticMissingError(static / name)
    return name


def _overlays(names: Mapping[str, str]) -> dict[str, str]:
    return {layer: names[role] for layer, role in OVERLAY_ROLES.items() if role in names}


Part = tuple[bytes, str]


def _content(
    boundaries: gpd.GeoDataFrame, network: gpd.GeoDataFrame, places: gpd.GeoDataFrame
) -> tuple[dict[str, Part], Mapping[str, tuple[str, ...]]]:
    """Return role -> (content, extension) of every file, and the order of the area codes."""
    geometry = encode_map(boundaries, network, places)
    images = {role: (_leaflet(f"images/{name}.png"), "png") for role, name in _IMAGES.items()}
    named = {role: _name(role, *part) for role, part in images.items()}
    settings = {"path": FRAME_TO_STATIC, **{role: named[role] for role in ("icon", "icon2x", "shadow")}}
    style = _leaflet("leaflet.css").decode()
    for role, name in _IMAGES.items():
        style = style.replace(f"images/{name}.png", named[role])
    content = {
        "leaflet": (_leaflet("leaflet.js"), "js"),
        "leaflet-style": (style.encode(), "css"),
        "leaflet-license": (_asset("LEAFLET-LICENSE.txt"), "txt"),
        "linli-map": (_script(settings), "js"),
        "linli-map-style": (_asset("map/map.css"), "css"),
        CHARTS: (_plotly(), "js"),
        "geometry": (f"window.LINLI_GEOMETRY={geometry.text};\n".encode(), "js"),
        **images,
    }
    return content, geometry.order


def _script(images: Mapping[str, str]) -> bytes:
    """Return our parts as one script: they share one scope, which nothing outside can see."""
    given = f"const PALETTES = {json.dumps(for_browser())};\nconst IMAGES = {json.dumps(images)};\n"
    parts = [given.encode(), *(_asset(f"map/{name}.js") for name in _SCRIPTS)]
    return b'(function () {\n"use strict";\n' + b"\n".join(parts) + b"})();\n"


def _leaflet(name: str) -> bytes:
    content = files("xstatic.pkg.leaflet").joinpath("data", *name.split("/")).read_bytes()
    # the map of the minified source is not shipped, so nobody should be sent to look for it
    return content.replace(b"\n//# sourceMappingURL=leaflet.js.map", b"")


def _plotly() -> bytes:
    return files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()


def _asset(name: str) -> bytes:
    return files("geo").joinpath("assets", name).read_bytes()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _name(role: str, content: bytes, extension: str) -> str:
    return f"{role}-{_hash(content)}.{extension}"


def _intact(path: Path) -> bool:
    return path.is_file() and _hash(path.read_bytes()) == path.stem[-12:]


def _write(static: Path, role: str, content: bytes, extension: str) -> str:
    name = _name(role, content, extension)
    _replace(static / name, content)
    return name


def _replace(path: Path, content: bytes) -> None:
    """Write a file so that a reader finds the old content or the new, never a part."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _fingerprint(sources: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.read_bytes())
    digest.update(json.dumps(for_browser()).encode())
    digest.update(version("plotly").encode())
    for name in ("LEAFLET-LICENSE.txt", "map/map.css", *(f"map/{name}.js" for name in _SCRIPTS)):
        digest.update(_asset(name))
    for module in (
        "map_geometry.py",
        "map_overlays.py",
        "layers.py",
    ):  # another encoding makes another file of the same sources
        digest.update(files("geo").joinpath(module).read_bytes())
    return digest.hexdigest()


def _former(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_bytes())
        return manifest if isinstance(manifest.get("files"), list) else {}
    except (OSError, ValueError, AttributeError):
        return {}  # none yet, or one that a crash of the machine left unreadable: build afresh


def _sweep(static: Path, keep: set[str]) -> None:
    for path in static.iterdir():
        if path.name not in keep and _OURS.match(path.name):
            path.unlink(missing_ok=True)
