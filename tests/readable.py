"""How well the words on a page can be read: contrast (WCAG) and size of every text shown, as the browser renders it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Frame, Page

# Figures are scaled boxes: their type is measured as large as it stands on the glass. What lies behind a text in an SVG
# the browser cannot tell; words on bars are left to the test of the palette, which tries black and white on each class.
_MEASURE = """(root) => {
  const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
  const light = (rgb) => [0.2126, 0.7152, 0.0722].reduce((sum, share, i) => sum + share * linear(rgb[i] / 255), 0)
  const parts = (css) => css.match(/[\\d.]+/g).map(Number)
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const found = parts(getComputedStyle(e).backgroundColor)
      if (found.length < 4 || found[3] > 0) return found
    }
    return [255, 255, 255]
  }
  const texts = document.createTreeWalker(document.querySelector(root), NodeFilter.SHOW_TEXT), found = []
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement, style = getComputedStyle(e), svg = e instanceof SVGElement
    const range = document.createRange(), words = texts.currentNode.textContent.trim()
    range.selectNodeContents(texts.currentNode)
    if (!words || !range.getBoundingClientRect().width || style.visibility === "hidden") continue
    if (e.closest("style, [data-away], .bartext")) continue
    const box = svg && e.closest(".ll-plot > div")
    const scale = box ? box.getBoundingClientRect().width / box.offsetWidth : 1
    const pair = [light(parts(svg ? style.fill : style.color)), light(ground(svg ? e.closest("div") : e))]
    const [high, low] = pair.sort((a, b) => b - a)
    found.push([words, (high + 0.05) / (low + 0.05), parseFloat(style.fontSize) * scale])
  }
  return found
}"""


@dataclass(frozen=True)
class Text:
    """One text shown: its words, contrast with its ground (1 to 21), and size in CSS pixels."""

    words: str
    contrast: float
    size: float


def texts(page: Page | Frame, root: str) -> list[Text]:
    """Every text shown inside the element `root`."""
    return [Text(*each) for each in page.evaluate(_MEASURE, root)]
