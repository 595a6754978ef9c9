"""Preparing in steps: what is current is skipped, what is lost, damaged or interrupted is made again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from data import __main__ as command
from data import prepare
from data.contract import DataError
from data.prepare import Progress, Step


class Kitchen:
    """Two steps below a folder: flour -> dough -> bread; `made` lists what ran."""

    def __init__(self, root: Path) -> None:
        self.root, self.made = root, list[str]()
        self.spoiled: type[BaseException] | None = None
        (root / "flour").write_text("wheat")

    def steps(self, _static: Path | None = None) -> tuple[Step, ...]:
        return (
            self.step("dough", lambda root: [root / "flour"], demonstration=True),
            self.step("bread", lambda root: [root / "dough"], demonstration=False),
        )

    def step(self, name: str, inputs: Callable[[Path], list[Path]], *, demonstration: bool) -> Step:
        def run(root: Path, progress: Progress) -> None:
            progress("half", 0.5)
            (root / name).write_text(" and ".join(path.read_text() for path in inputs(root)) + " kneaded")
            if self.spoiled:
                raise self.spoiled
            self.made.append(name)

        return Step(name, name, 1.0, (), inputs, lambda root: [root / name], run, demonstration=demonstration)


@pytest.fixture
def kitchen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kitchen:
    kitchen = Kitchen(tmp_path)
    monkeypatch.setattr(prepare, "all_steps", kitchen.steps)
    return kitchen


def run(kitchen: Kitchen) -> list[str]:
    shares: list[float] = []
    ran = prepare.prepare(kitchen.root, lambda _label, share: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)
    return ran


def test_the_second_time_nothing_is_done(kitchen: Kitchen) -> None:
    assert run(kitchen) == ["dough", "bread"]
    assert run(kitchen) == []
    assert kitchen.made == ["dough", "bread"]


def test_another_input_makes_everything_after_it_again(kitchen: Kitchen) -> None:
    run(kitchen)
    (kitchen.root / "flour").write_text("rye")
    assert run(kitchen) == ["dough", "bread"]
    assert (kitchen.root / "bread").read_text() == "rye kneaded kneaded"


@pytest.mark.parametrize("damage", ["lost", "changed"])
def test_a_lost_or_damaged_file_is_made_again(kitchen: Kitchen, damage: str) -> None:
    run(kitchen)
    bread = kitchen.root / "bread"
    bread.unlink() if damage == "lost" else bread.write_text("mould")
    assert run(kitchen) == ["bread"]
    assert bread.read_text() == "wheat kneaded kneaded"


@pytest.mark.parametrize("why", [KeyboardInterrupt, OSError])
def test_an_interrupted_step_starts_again_and_finished_ones_stay(kitchen: Kitchen, why: type[BaseException]) -> None:
    run(kitchen)
    (kitchen.root / "dough").write_text("dried out")
    kitchen.spoiled = why
    with pytest.raises(why):
        run(kitchen)
    kitchen.spoiled = None
    assert run(kitchen) == ["dough"]  # the same dough as before, so the bread is still good


def test_a_broken_stamp_is_no_stamp(kitchen: Kitchen) -> None:
    run(kitchen)
    for stamp in (kitchen.root / "records" / "stamps").iterdir():
        stamp.write_text("{")
    assert run(kitchen) == ["dough", "bread"]


def test_real_records_are_never_overwritten(kitchen: Kitchen) -> None:
    (kitchen.root / "records").mkdir()
    (kitchen.root / "records" / "delivery.toml").write_text("demonstration = false\n")
    (kitchen.root / "dough").write_text("delivered")
    assert run(kitchen) == ["bread"]
    assert (kitchen.root / "bread").read_text() == "delivered kneaded"


@pytest.mark.parametrize(
    ("why", "code", "sentence"),
    [
        (KeyboardInterrupt, 130, "Interrupted. What was finished is kept"),
        (OSError, 1, "A file could not be read or written"),
        (DataError, 1, ""),
    ],
)
def test_the_command_ends_with_a_sentence(
    kitchen: Kitchen,
    why: type[BaseException],
    code: int,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LINLI_DATA", str(kitchen.root))
    kitchen.spoiled = why
    assert command.main(["prepare"]) == code
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_every_real_step_names_code_that_exists() -> None:
    for step in prepare.all_steps():
        for pattern in step.code:
            assert list(prepare.PROJECT.glob(pattern)), f"{step.name}: {pattern}"


def test_the_demonstration_is_current(extracts: Path, data_root: Path) -> None:
    made = {step.name: step for step in prepare.all_steps()}["extracts"]
    assert set(made.outputs(data_root)) == {extracts.parent / "manifest.json", *extracts.glob("*.parquet")}


def test_the_ground_is_the_demonstrations_until_one_of_its_files_is_replaced(tmp_path: Path) -> None:
    assert not prepare.has_demonstration_ground(tmp_path)
    (step,) = [each for each in prepare.all_steps(tmp_path) if each.name == "geography"]
    for path in step.outputs(tmp_path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(path.name.encode())
    stamp = tmp_path / "records" / "stamps" / "geography.json"
    stamp.parent.mkdir(parents=True)
    stamp.write_text(json.dumps({"from": "", "made": step.made(tmp_path)}), encoding="utf-8")
    assert prepare.has_demonstration_ground(tmp_path)
    step.outputs(tmp_path)[0].write_bytes(b"surveyed")
    assert not prepare.has_demonstration_ground(tmp_path)
