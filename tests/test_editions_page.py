"""The page of editions: a draft's way from submission to a published edition, by role, in both languages."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from streamlit.testing.v1 import AppTest

from data.editions import settle
from data.publishing import publish_draft
from geo.operations import Merge, Move, New
from geo.store import Store
from geo.store_errors import StoreNotEmpty
from geo.store_records import State, StepKind
from geo.store_workflow import File
from pages.exports import changes
from pages.parts import editions_base, editions_reports, workbench_drafts
from pages.parts.words import speaking
from tests import tiny_district as tiny
from tests.edition_place import APPROVER, PLANNER, publication, write_place
from tests.edition_place import opened as store_of
from tests.opening import html_of, opened, table_called, text_of

UNFILLED = re.compile(r"\{\w+\}|\bnan\b|\bNone\b|<NA>")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_place(tmp_path_factory.mktemp("place"))


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The app on a copy of the tiny place, with a store of its own."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    folder = Path(shutil.copytree(made, tmp_path / "data"))
    monkeypatch.setenv("LINLI_DATA", str(folder))
    workbench_drafts._store.clear()
    yield folder
    workbench_drafts._store.clear()


def draft_in(store: Store, name: str = "环城东路调整") -> str:
    """A draft that gives one of the four blocks of A1 to A2 and merges B2 into B1."""
    draft = store.create_draft(PLANNER, name, store.editions()[-1].id).id
    store.append(draft, Move(frozenset({1}), tiny.A2), PLANNER)
    store.append(draft, Merge(tiny.B1, tiny.B2), PLANNER)
    return draft


def press(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


def as_role(app: AppTest, role: str) -> AppTest:
    return next(group for group in app.button_group if group.key == "role").set_value(role).run()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_list_and_steps_in_both_languages(place: Path, lang: str) -> None:
    store = store_of(place)
    draft = draft_in(store)
    store.add_step(draft, PLANNER, StepKind.COMMUNITY_PROPOSAL, date(2020, 11, 2), "群众要求", files=[
        File("纪要.pdf", "application/pdf", b"%PDF"),
    ])  # fmt: skip
    app = opened("editions", lang=lang, item=draft)
    assert not app.exception
    listed = table_called(app, {"zh": "版本与草案", "en": "Editions and drafts"}[lang])
    assert len(listed) == 2
    assert listed.iloc[0, 1] == {"zh": "编制中", "en": "In work"}[lang] or lang == "en"
    assert not UNFILLED.search(text_of(app))
    assert "纪要.pdf" in text_of(app)
    assert html_of(app).count('class="ll-done"') == 1


def test_from_submission_to_approval_by_role(place: Path) -> None:
    store = store_of(place)
    draft = draft_in(store)
    app = press(opened("editions", item=draft), f"do-submitted-{draft}")
    assert "已提交，等待审批" in text_of(app)
    assert store.draft(draft).state is State.SUBMITTED
    blocked = next(button for button in app.button if button.key == f"do-approved-{draft}")
    assert blocked.disabled, "a planner does not approve"
    app = press(as_role(app, "approver"), f"do-returned-{draft}")
    assert "没有登记" in text_of(app) and store.draft(draft).state is State.SUBMITTED, "remarks are needed"
    next(area for area in app.text_area if str(area.key).startswith("remarks-")).set_value("请改到河边")
    app = press(app, f"do-returned-{draft}")
    assert store.draft(draft).state is State.RETURNED
    assert "请改到河边" in text_of(app)
    store.submit(draft, PLANNER)
    app = press(opened("editions", item=draft), f"do-withdrawn-{draft}")
    assert store.draft(draft).state is State.DRAFT


def test_the_submitter_approves_alone_only_with_a_mark(place: Path) -> None:
    store = store_of(place)
    draft = draft_in(store)
    app = as_role(opened("editions", item=draft, **{"as": "王"}), "planner")
    app = as_role(press(app, f"do-submitted-{draft}"), "approver")
    assert "提交与批准为同一人" in text_of(app)
    app = press(app, f"do-approved-{draft}")
    assert store.draft(draft).state is State.APPROVED
    assert store.steps(draft)[-1].alone
    assert "单人模式" in text_of(app)


def test_a_step_is_recorded_with_its_document_and_refused_without(place: Path) -> None:
    store = store_of(place)
    draft = draft_in(store)
    app = opened("editions", item=draft)
    app.selectbox(key=f"kind-{draft}").set_value(StepKind.BUREAU_APPROVAL).run()
    record = next(b for b in app.button if "登记" in b.label)
    app = record.click().run()
    assert "没有登记" in text_of(app) and not store.steps(draft)
    next(field for field in app.text_input if str(field.key).startswith("document-")).set_value("崇民复〔2020〕8号")
    app = next(b for b in app.button if "登记" in b.label).click().run()
    [step] = store.steps(draft)
    assert (step.kind, step.document) == (StepKind.BUREAU_APPROVAL, "崇民复〔2020〕8号")
    assert "已登记：区民政局审批" in text_of(app)


def test_quality_beside_the_edition_it_stands_on(place: Path) -> None:
    store = store_of(place)
    draft = draft_in(store)
    found = table_called(opened("editions", item=draft, part="quality"), "质量与规则").set_index("指标")
    assert found.loc["不连片的邻里 (个)"].tolist()[:3] == ["0", "0", "不变"]
    boundaries = table_called(opened("boundaries"), "质量与规则").set_index("指标")
    assert list(found.index) == list(boundaries.index), "the same rows everywhere"


def test_an_approver_reads_which_steps_break_a_rule_and_why(place: Path) -> None:
    store = store_of(place)
    draft = draft_in(store)
    assert "需要说明的操作" not in text_of(opened("editions", item=draft)), "nothing is to be decided yet"
    store.submit(draft, PLANNER, "说明")
    told = table_called(opened("editions", item=draft), "需要说明的操作")
    assert any("户" in each for each in told["提醒"]), told
    assert set(told["理由"]) == {"未写理由"}


def test_a_reader_only_looks(place: Path) -> None:
    store = store_of(place)
    draft = draft_in(store)
    store.submit(draft, PLANNER)
    store.approve(draft, APPROVER)
    app = as_role(opened("editions", item=draft), "reader")
    assert all(button.disabled for button in app.button if str(button.key).startswith(("do-", "publish-")))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_compare_with_the_published_edition(place: Path, lang: str) -> None:
    draft = draft_in(store_of(place))
    app = opened("editions", item=draft, part="compare", lang=lang)
    assert not app.exception and 'class="ll-failure' not in html_of(app)
    assert not UNFILLED.search(text_of(app))
    found = table_called(app, {"zh": "变化的邻里", "en": "Neighbourhoods that differ"}[lang]).set_index(
        {"zh": "代码", "en": "Code"}[lang]
    )
    assert set(found.index) == {tiny.A1, tiny.A2, tiny.B1, tiny.B2}
    assert found.loc[tiny.A1].tolist()[1:6] == [{"zh": "调整", "en": "Changed"}[lang], "300", "225", "0", "75"]
    [told] = [e.proto for e in app.get("bidi_component") if e.proto.component_name == "linli_editions_maps"]
    assert len(json.loads(told.json)["moved"]) == 2


@pytest.mark.parametrize("kind", ["pdf", "xlsx", "notice"])
def test_reports_hold_what_changes(place: Path, kind: str) -> None:
    store = store_of(place)
    draft = draft_in(store)
    store.add_step(draft, PLANNER, StepKind.PUBLIC_NOTICE, date(2020, 11, 2), "张贴", until=date(2020, 11, 9))
    before, after = editions_base.side("2020-07"), editions_base.side(draft)
    found = editions_base.compared(before, after)
    with speaking("zh"):
        made = editions_reports.notices(before, after, found)
        if kind != "notice":
            made = editions_reports.report(before, after, found)
    if kind == "xlsx":
        book = load_workbook(io.BytesIO(changes.xlsx_bytes(made, lambda _: None)))
        assert len(book.sheetnames) == 1 + 3 + 4
        sheet = book[book.sheetnames[-4]]
        assert len(sheet._images) == 1
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert any(words.startswith("东至") for words in cells) and {"300", "225", "-75"} <= set(cells)
        assert sheet.page_setup.fitToWidth == 1 and sheet.sheet_properties.pageSetUpPr.fitToPage
        return
    printed = changes.pdf_bytes(made, lambda _: None)
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    if kind == "notice":
        assert pages == len(made.sheets) == 2, "one a community"
        assert made.sheets[0].rows == (("公示时间", "2020年11月2日至2020年11月9日"),)
    else:
        assert pages >= 1 + len(made.sheets) == 5
        assert all(sheet.rows[1][1].startswith("东至") for sheet in made.sheets)
        assert made.signatures == ("拟制：", "审核：", "批准：", "日期：")


def test_a_report_is_taken_again_and_by_a_second_reader(place: Path) -> None:
    draft = draft_in(store_of(place))
    for reader in (opened("editions", item=draft, part="compare"), opened("editions", item=draft, part="compare")):
        for kind in ("notice", "xlsx", "notice"):
            press(reader, f"report-{kind}")
            assert 'class="ll-failure' not in html_of(reader)
            assert [element.proto.id for element in reader.get("download_button") if "report-take" in element.proto.id]


def test_history_goes_into_a_store_that_was_only_founded(place: Path, tmp_path: Path) -> None:
    one = store_of(place)
    draft = draft_in(one)
    lines = list(one.export_history())
    other = Path(shutil.copytree(place, tmp_path / "other"))
    for file in (other / "editions").glob("atlas.sqlite*"):
        file.unlink()
    fresh = store_of(other)
    assert fresh.import_history(lines) == len(lines)
    assert fresh.operations(draft) == one.operations(draft)
    assert [line for line in fresh.export_history() if '"table":"edition"' not in line] == [
        line for line in lines if '"table":"edition"' not in line
    ]
    with pytest.raises(StoreNotEmpty):
        fresh.import_history(lines)


@pytest.mark.parametrize("choice", ["mine", "theirs"])
def test_an_overtaken_draft_is_put_on_the_new_edition_block_by_block(place: Path, choice: str) -> None:
    """The draft gives blocks 1 and 9 of A1's column two to A2; the edition published since keeps 1 with a new one.

    Block 5 of B2 went to B1 here and to B3 there: one press chooses for both blocks.
    """
    store = store_of(place)
    draft = store.create_draft(PLANNER, "东移", "2020-07").id
    for step in (Move(frozenset({1, 9}), tiny.A2), Move(frozenset({5}), tiny.B1)):
        store.append(draft, step, PLANNER)
    other = store.create_draft(PLANNER, "新设", "2020-07").id
    new = store.plan(other).next_code(tiny.FIRST)
    for step in (New(new, frozenset({1})), Move(frozenset({5}), tiny.B3)):
        store.append(other, step, PLANNER)
    store.submit(other, PLANNER)
    store.approve(other, APPROVER)
    publish_draft(place, publication(other), lambda _step, _share: None, place / "static")
    settle(place)
    app = as_role(opened("editions", item=draft), "planner")
    assert not app.exception and not UNFILLED.search(text_of(app))
    assert "2 个地块在草案和新版本中归属不同" in text_of(app)
    radios = [each for each in app.radio if str(each.key).startswith("rebase-")]
    assert [each.label.split("（")[0] for each in radios] == ["地块 1", "地块 5"]
    assert [words.split("：")[0] for words in radios[0].options] == ["按草案", "按新版本"]
    for side in ("theirs", "mine", choice):
        app = press(app, f"rebase-all-{side}-{draft}")
        assert {each.value for each in app.radio if str(each.key).startswith("rebase-")} == {side}
    app = press(app, f"rebase-{draft}")
    assert "草案已转到 2021-01 版" in text_of(app)
    fresh = store_of(place)
    assert fresh.draft(draft).base == "2021-01"
    wanted = [tiny.A2, tiny.A2, tiny.B1] if choice == "mine" else [new, tiny.A2, tiny.B3]
    assert fresh.plan(draft).assignment[[1, 9, 5]].tolist() == wanted
    assert not any(str(button.key).startswith("rebase-") for button in app.button), "it stands on the newest now"
