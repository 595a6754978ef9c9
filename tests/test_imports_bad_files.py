"""Every bad file of the corpus gets its own sentence in both languages, and leaves everything as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.__main__ import main
from data.imports.examine import Options, examine
from data.imports.mappings import Mappings
from data.imports.report import lines
from tests import bad_files
from tests import tiny_district as tiny


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.write_district(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    bad_files.write(folder)
    return folder


def files_below(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_the_corpus_is_large_and_varied() -> None:
    assert len(bad_files.CORPUS) >= 60
    assert len({kind for kind, _ in bad_files.CORPUS.values()}) >= 55


@pytest.mark.parametrize("name", sorted(bad_files.CORPUS))
def test_a_bad_file_gets_its_own_sentence_and_changes_nothing(
    root: Path, corpus: Path, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kind, _ = bad_files.CORPUS[name]
    before = files_below(root) | files_below(corpus)
    found = examine([str(corpus / name)], root, Options(), Mappings())
    kinds = {refused.kind for refused in found.unread} | {f.kind for f in found.findings if f.severity == "error"}
    assert kind in kinds
    assert found.taken() == []
    for language in ("zh", "en"):
        said = "\n".join(lines(found, language))
        assert name in said and "{" not in said.replace(name, "")
    monkeypatch.setenv("LINLI_DATA", str(root))
    assert main(["import", str(corpus / name)]) == 1
    printed = capsys.readouterr()
    assert "什么也没有保存" in printed.err or found.unread
    assert "Traceback" not in printed.out + printed.err
    assert files_below(root) | files_below(corpus) == before


def test_a_good_file_among_bad_ones_is_taken(root: Path, corpus: Path) -> None:
    good = corpus / "good.csv"
    bad_files.csv_of(bad_files.event(活动编号="E77"))(good)
    found = examine([str(corpus / "web.xls"), str(good), str(corpus / "bomb.zip")], root, Options(), Mappings())
    assert [typed.sheet.file for typed in found.taken()] == ["good.csv"]
    assert {refused.kind for refused in found.unread} == {"web_page", "bomb"}


def test_a_missing_file_a_folder_without_files_and_an_unreachable_database(root: Path, tmp_path: Path) -> None:
    found = examine(
        [str(tmp_path / "no.csv"), "postgresql://nobody:secret@127.0.0.1:1/none"], root, Options(), Mappings()
    )
    assert [refused.kind for refused in found.unread] == ["missing", "database"]
    assert "secret" not in "\n".join(lines(found, "zh"))
