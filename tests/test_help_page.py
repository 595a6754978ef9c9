"""The guide: one page for each of its users in both languages, with its pictures, opened by the app's help."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.pictures import SHOTS
from pages.help import FOLDER, GUIDES, PICTURE, parts
from tests.opening import html_of, opened


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_is_shown_whole_with_its_pictures(guide: str, language: str) -> None:
    text = (FOLDER / f"{guide}.{language}.md").read_text(encoding="utf-8")
    app = opened("help", guide=guide, lang=language)
    assert not app.exception
    shown = "\n".join(element.value for element in app.markdown)
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    assert len(heads) >= 5 and all(head in shown for head in heads)
    assert not re.search(r"^# ", shown, re.MULTILINE), "the page itself has the one heading of the first level"
    pictures = PICTURE.findall(text)
    assert pictures and html_of(app).count("data:image/png;base64,") == len(pictures)


@pytest.mark.parametrize("guide", GUIDES)
def test_both_languages_say_the_same_in_the_same_order(guide: str) -> None:
    one, other = ((FOLDER / f"{guide}.{lang}.md").read_text(encoding="utf-8") for lang in ("zh", "en"))
    assert [len(x) for x in re.findall(r"^(#+) ", one, re.M)] == [len(x) for x in re.findall(r"^(#+) ", other, re.M)]
    assert [p.replace(".zh.", ".en.") for _, p in PICTURE.findall(one)] == [p for _, p in PICTURE.findall(other)]
    assert "".join(words for _, words in parts(one))


def test_every_picture_of_the_guide_is_taken_by_the_script() -> None:
    for path in FOLDER.glob("*.md"):
        for _, target in PICTURE.findall(path.read_text(encoding="utf-8")):
            name, language, _ = Path(target).name.split(".")
            assert name in SHOTS and language in {"zh", "en"}
            assert (FOLDER / target).resolve().is_file(), target


@pytest.mark.parametrize(
    ("page", "guide"),
    [("overview", "leader"), ("boundaries", "planner"), ("stories", "presenter"), ("deliveries", "clerk")],
)
def test_help_opens_the_right_guide(page: str, guide: str) -> None:
    assert "help?" in html_of(opened(page)) and f"guide={guide}" in html_of(opened(page))
