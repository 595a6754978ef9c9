"""A briefing says what the figures say, names a source after every number, and fills two pages."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import pytest

from data.indicators import load_indicators
from pages.exports.briefing import Briefing, briefing_of, ranges
from pages.exports.docx import briefing_pdf_bytes, docx_bytes
from pages.parts import comparing, data
from pages.parts.words import speaking

SUBDISTRICT, COMMUNITY = "320613001", "320613007005"
MARK = re.compile(r"\[([\d–,]+)\]")


@pytest.fixture(scope="module", params=["zh", "en"])
def briefing(request: pytest.FixtureRequest, extracts: Path) -> Briefing:
    return briefing_of({"area": SUBDISTRICT, "period": "2020"}, request.param)


def numbers_of(mark: str) -> set[int]:
    found: set[int] = set()
    for part in mark.split(","):
        first, _, last = part.partition("–")
        found |= set(range(int(first), int(last or first) + 1))
    return found


def test_every_number_stands_before_the_number_of_its_source(briefing: Briefing) -> None:
    for section in briefing.sections:
        for sentence in section.sentences:
            told = MARK.sub("¶", sentence)
            assert re.search(r"\d", told), "a sentence of a briefing tells a figure"
            assert not re.search(r"\d", told.rpartition("¶")[2]), sentence
    used = {n for s in briefing.sections for x in s.sentences for m in MARK.findall(x) for n in numbers_of(m)}
    used |= {
        n for m in MARK.findall(" ".join(map(str, briefing.table.frame.to_numpy().ravel()))) for n in numbers_of(m)
    }
    used |= {n for m in MARK.findall(briefing.map_title) for n in numbers_of(m)}
    assert used == set(range(1, len(briefing.sources) + 1)), "every source is used, every mark has its source"


def test_its_sentences_are_those_of_the_pages(briefing: Briefing) -> None:
    with speaking(briefing.lang):
        said = comparing.sentence(load_indicators()["satisfaction"], SUBDISTRICT, "2020", "last_year").text
    text = " ".join(sentence for section in briefing.sections for sentence in section.sentences)
    assert said.strip() in text
    assert len(briefing.sections) == 8


@pytest.mark.parametrize(("language", "words"), [("zh", "3 件事项中的 3 件"), ("en", "3 of 3")])
def test_a_share_of_few_is_told_as_their_number(extracts: Path, language: str, words: str) -> None:
    indicator = load_indicators()["matters_solved_share"]
    with speaking(language):
        assert comparing.spoken(indicator, 100.0, (3.0, 3.0)) == words
        assert comparing.spoken(indicator, 80.0, (4.0, 5.0)) == "80.0%"
        assert comparing.spoken(indicator, 100.0, (None, 3.0)) == "100.0%", "what is withheld is not told"
        branch = comparing.sentence(load_indicators()["branch_coverage"], "320613001001001", "2020", "peers").text
    assert "%" not in branch and ("1 个邻里中的 " if language == "zh" else " of 1.") in branch


def test_ranges_are_short() -> None:
    assert ranges([3, 1, 2, 7, 3]) == "1–3,7"


def test_word_reads_it_again_with_map_and_table(briefing: Briefing) -> None:
    paper = docx.Document(io.BytesIO(docx_bytes(briefing)))
    text = "\n".join(paragraph.text for paragraph in paper.paragraphs)
    assert briefing.title in text and all(section.heading in text for section in briefing.sections)
    assert len(paper.inline_shapes) == 1 and len(paper.tables) == 1
    assert [cell.text for cell in paper.tables[0].rows[1].cells] == [str(v) for v in briefing.table.frame.iloc[0]]
    assert data.manifest().version in paper.sections[0].footer.paragraphs[0].text
    assert ("演示数据" if briefing.lang == "zh" else "Demonstration data") in text


@pytest.mark.parametrize(
    ("area", "language"),
    [("320613", "en"), (SUBDISTRICT, "zh"), (SUBDISTRICT, "en"), (COMMUNITY, "en"), ("320613007005001", "en")],
)  # the longer language everywhere
def test_it_fills_two_pages_at_every_level(extracts: Path, area: str, language: str) -> None:
    made = briefing_pdf_bytes(briefing_of({"area": area}, language))
    assert len(re.findall(rb"/Type\s*/Page\b", made)) in {1, 2}
