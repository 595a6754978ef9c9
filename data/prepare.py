"""Everything the app needs, made step by step: what is up to date is skipped, what was interrupted starts again.

Each step leaves a stamp: digests of the code and files it was made from, and of the files it made. A step runs when its
stamp is missing or any of them differs: a lost or damaged file is made again, and an interrupted step has no stamp.
"""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

from data.manifest import (
    EDITION,
    MANIFEST,
    base_records_dir,
    current_folder,
    edition_dir,
    editions_built,
    extracts_dir,
    geography_dir,
    is_demonstration,
    records_dir,
    unit_files,
)

PROJECT = Path(__file__).resolve().parents[1]
STATIC = PROJECT / "static"
STATIC_SOURCES = ("boundaries", "network", "places", "blocks", "edges", "reach", "three_in_one")
GEOGRAPHY_SEED, ZONING_SEED = 2020, 2020
SETTLED = ("geography", "edition")
"""Steps whose outcome drafts and later editions stand on."""
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Step:
    """One step: what it is called, its share of the work, which code and files it is made from, and what it makes."""

    name: str
    label: str
    weight: float
    code: tuple[str, ...]
    inputs: Callable[[Path], Iterable[Path]]
    outputs: Callable[[Path], Iterable[Path]]
    run: Callable[[Path, Progress], None]
    demonstration: bool = False

    def fingerprint(self, root: Path) -> str:
        """Digest of the code and the input files as they are."""
        code = [path for pattern in self.code for path in sorted(PROJECT.glob(pattern))]
        return _digests([*code, *self.inputs(root)])

    def made(self, root: Path) -> str:
        """Digest of the files it made, as they are."""
        return _digests(self.outputs(root))


def _digests(paths: Iterable[Path]) -> str:
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        digest.update(path.name.encode())
        if path.is_file():
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "blake2b").digest())
    return digest.hexdigest()


def has_demonstration_ground(root: Path) -> bool:
    """Whether boundaries, roads and households still stand on the geography that the demonstration made, untouched.

    They outlive the switch to real records, which replaces record tables only.
    """
    files = _geography_files(root)
    with suppress(OSError, ValueError, KeyError):
        stamp = json.loads((base_records_dir(root) / "stamps" / "geography.json").read_text(encoding="utf-8"))
        sizes = tuple((stands.st_mtime_ns, stands.st_size) for stands in (path.stat() for path in files))
        return bool(stamp["made"] == _digest_at(tuple(files), sizes))
    return False


@lru_cache(maxsize=4)
def _digest_at(files: tuple[Path, ...], _stands: tuple[tuple[int, int], ...]) -> str:
    """The digest of files as long as they stand so: every page asks for it."""
    return _digests(files)


def _stamp(root: Path, step: Step) -> Path:
    return base_records_dir(root) / "stamps" / f"{step.name}.json"


def is_current(root: Path, step: Step) -> bool:
    """Whether the step's stamp fits the code, its inputs and its outputs as they are."""
    try:
        stamp = json.loads(_stamp(root, step).read_text(encoding="utf-8"))
        return bool(stamp == {"from": step.fingerprint(root), "made": step.made(root)})
    except (OSError, ValueError):
        return False


def run_step(root: Path, step: Step, progress: Progress) -> None:
    """Run a step and stamp it; the stamp is removed first, so that an interruption leaves none."""
    stamp = _stamp(root, step)
    stamp.unlink(missing_ok=True)
    source = step.fingerprint(root)
    step.run(root, progress)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    partial = stamp.with_suffix(".part")
    partial.write_text(json.dumps({"from": source, "made": step.made(root)}), encoding="utf-8")
    partial.replace(stamp)


def prepare(root: Path, progress: Progress, static: Path = STATIC) -> list[str]:
    """Bring geography, edition, records, extracts and static files up to date; return the names of the steps that ran.

    `progress` hears the label of the step and the share of the whole that is done. Real records (delivery.toml says so)
    are never overwritten. Raises what the steps raise; what they finished stays.
    """
    steps = [step for step in all_steps(static) if is_demonstration(root) or not step.demonstration]
    steps = [step for step in steps if not is_settled(root, step)]
    whole, done, ran = sum(step.weight for step in steps), 0.0, []
    for step in steps:
        if not is_current(root, step):
            run_step(root, step, _part(progress, step, done / whole, step.weight / whole))
            ran.append(step.name)
        done += step.weight
        progress(step.label, done / whole)
    return ran


def is_settled(root: Path, step: Step) -> bool:
    """Whether the store has drafts or editions that stand on what this step made: that is not made otherwise then."""
    if step.name not in SETTLED or not all(path.is_file() for path in step.outputs(root)):
        return False
    from data.editions import has_store, known_store

    if not has_store(root):
        return False
    store = known_store(root)
    return len(store.editions()) > 1 or bool(store.drafts())


def all_current(root: Path, static: Path = STATIC) -> bool:
    """Whether nothing is to do."""
    return all(is_current(root, step) or is_settled(root, step) for step in all_steps(static))


def _part(progress: Progress, step: Step, start: float, share: float) -> Progress:
    def inner(_detail: str, done: float) -> None:
        progress(step.label, start + share * done)

    return inner


def all_steps(static: Path = STATIC) -> tuple[Step, ...]:
    """The steps in their order; `static` is where the browser's files go."""
    return (
        Step(
            "geography", "Drawing the district", 6.0,
            ("data/demo_geography/*.py", "geo/blocks.py", "geo/crs.py", "geo/network.py",
             "data/reference/network.geojson", "data/reference/communities.csv"),
            lambda _root: (), _geography_files, _make_geography, demonstration=True,
        ),
        Step(
            "edition", "Dividing communities into neighbourhoods", 12.0,
            ("geo/zoning*.py", "geo/four_boundaries.py", "geo/topology.py", "data/publish.py", "data/edition_*.py",
             "data/demo_names.py", "data/reference/*.csv"),
            _geography_files, _edition_files, _make_edition, demonstration=True,
        ),
        Step(
            "records", "Writing demonstration records", 4.0,
            ("data/demo*.py", "data/demo_geography/grids.py", "data/contract.toml", "data/reference/*.csv"),
            _record_inputs, _record_files, _make_records, demonstration=True,
        ),
        Step(
            "extracts", "Building extracts", 9.0,
            ("queries/withholding.py", "queries/suppression.py", "queries/exchange_sums.py", "queries/small_*.sql",
             "data/aggregates.py", "data/build.py", "data/checks.py", "data/contract.*", "data/publish.py",
             "data/engines.py", "data/reach.py", "data/reconcile.py", "data/rebase.py", "data/crosswalk.py",
             "data/storage.py", "data/three_in_one.py",
             "geo/reach.py", "geo/coincidence.py", "data/sql/*.sql", "data/sql/cluster/*.sql",
             "data/reference/published_figures.csv"),
            _extract_inputs, _extract_files, _build,
        ),
        Step(
            "static", "Writing the map's files", 3.0,
            ("data/static_assets.py", "data/map_overlays.py", "geo/map_*.py", "geo/layers.py", "geo/palettes.py",
             "geo/assets/**/*.*"),
            lambda root: _named(current_folder(root), STATIC_SOURCES),
            lambda _root: _static_files(static), lambda root, progress: _make_static(root, static, progress),
        ),
    )  # fmt: skip


def _named(folder: Path, names: Iterable[str]) -> list[Path]:
    return [folder / f"{name}.parquet" for name in names]


def _geography_files(root: Path) -> list[Path]:
    names = ("outline", "lines", "blocks", "edges", "targets", "buildings", "compounds", "village_groups", "landmarks")
    return _named(geography_dir(root), names)


def _edition_files(root: Path) -> list[Path]:
    names = ("areas", "boundaries", "blocks", "edges", "network", "landmarks")
    return [*_named(edition_dir(root), names), geography_dir(root) / "assignment.parquet"]


def _record_inputs(root: Path) -> list[Path]:
    return _named(geography_dir(root), ("blocks", "edges", "buildings", "assignment"))


def _record_files(root: Path) -> list[Path]:
    from data.contract import load_contract

    return [*_named(base_records_dir(root), load_contract().records), *unit_files(root)]


def _extract_inputs(root: Path) -> list[Path]:
    """Records and the edition they are coded in, and the edition that is due where that is a later one."""
    from data.editions import edition_due

    delivered = records_dir(root) / "delivery.toml"
    tables = [*sorted(records_dir(root).glob("*.parquet")), *sorted(edition_dir(root).glob("*.parquet"))]
    due = edition_due(root)
    later = sorted(edition_dir(root, due).glob("*.parquet")) if due != EDITION else []
    return [*tables, *unit_files(root), delivered, *later]


def _extract_files(root: Path) -> list[Path]:
    return [extracts_dir(root) / MANIFEST, *sorted(current_folder(root).glob("*.parquet"))]


def _static_files(static: Path) -> list[Path]:
    return sorted(path for path in static.glob("*") if path.is_file() and not path.name.startswith("."))


def warm_up() -> None:
    """Compile the zoning kernels into their cache, on a chequered community of sixteen blocks."""
    import geopandas as gpd
    import pandas as pd
    import shapely

    from geo.crs import METRIC
    from geo.zoning import propose

    place = [(i % 4, i // 4) for i in range(16)]
    blocks = gpd.GeoDataFrame(
        {"block_id": range(16), "community": "320613001001", "kind": "urban", "households": 60, "buildings": 2},
        geometry=[shapely.box(100 * x, 100 * y, 100 * x + 100, 100 * y + 100) for x, y in place],
        crs=METRIC,
    )
    pairs = [(i, i + 1) for i in range(16) if i % 4 < 3] + [(i, i + 4) for i in range(12)]
    edges = pd.DataFrame(pairs, columns=["left", "right"]).assign(length_m=100.0, barrier="lane", contact=True)
    targets = pd.DataFrame({"community": ["320613001001"], "kind": "urban", "neighbourhoods": 3, "target": 300})
    propose(blocks, edges, targets, seed=1)


def _compile() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent says it once, and ends this process
    with suppress(Exception):
        warm_up()


def _make_geography(root: Path, progress: Progress) -> None:
    # The zoning kernels compile on the other core meanwhile; if that fails, they compile when they are called.
    compiling = get_context("spawn").Process(target=_compile, daemon=True)
    compiling.start()
    from data.demo_geography import make_geography, save_geography

    made = make_geography(GEOGRAPHY_SEED, lambda step, share: progress(step, 0.9 * share))
    save_geography(made, geography_dir(root))
    progress("compiling", 0.95)
    compiling.join()


def _make_edition(root: Path, progress: Progress) -> None:
    from data.demo_geography import load_geography
    from data.publish import make_edition, publish_edition
    from geo.zoning import propose

    geography = load_geography(geography_dir(root))
    proposal = propose(
        geography.blocks, geography.edges, geography.targets, seed=ZONING_SEED,
        progress=lambda done, whole: progress("zoning", 0.75 * done / whole),
    )  # fmt: skip
    made = make_edition(geography, proposal.assignment, lambda step, share: progress(step, 0.75 + 0.2 * share))
    publish_edition(made, root, EDITION)


def _make_records(root: Path, progress: Progress) -> None:
    from data.demo import SEED, make_records

    make_records(root, SEED, progress)


def _build(root: Path, progress: Progress) -> None:
    from data.editions import settle

    settle(root, progress)


def _make_static(root: Path, static: Path, progress: Progress) -> None:
    from data.static_assets import build_static

    progress("static", 0.1)
    build_static(current_folder(root), static)
    for made in editions_built(root):
        build_static(extracts_dir(root) / made.version, static, made.edition)
