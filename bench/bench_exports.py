"""The shipped talk as files from the shell, nothing kept before: seconds, and seconds of a core."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from data.stories import shipped, to_json
from tests.serving import ROOT

NAME = "ten-minutes"
TIMES = 3
LIMIT_S = 10
SCENES = 10


def ten_scenes(language: str, folder: Path) -> Path:
    """The shipped talk's first ten scenes as a file: the length that the limit is said for."""
    story = shipped(NAME, language)
    path = folder / f"ten-{language}.json"
    path.write_text(to_json(replace(story, scenes=story.main[:SCENES])), encoding="utf-8")
    return path


def seconds(story: str, language: str, form: str, out: Path) -> tuple[float, float]:
    """One run of the command in a process of its own: seconds, and seconds of a core."""
    command = [sys.executable, "-m", "pages", "export", "--story", story, "--lang", language]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([*command, "--format", form, "--out", str(out)], cwd=ROOT, check=True, capture_output=True)
    took, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print median and worst of each: PPTX of exactly ten scenes first, which has the limit, then the whole talk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = [(f"{SCENES} scenes", "pptx", lang, str(ten_scenes(lang, folder))) for lang in ("zh", "en")]
        asked += [("the talk", form, lang, NAME) for form in ("pptx", "pdf", "html", "xlsx") for lang in ("zh", "en")]
        whole = len(shipped(NAME, "zh").scenes)
        print(
            f"Exports: {TIMES} runs each, the talk has {whole} scenes; limit of PPTX with {SCENES} scenes {LIMIT_S} s"
        )
        print(f"  load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        for what, form, language, story in asked:
            out = folder / f"talk-{language}.{form}"
            took, cpu = zip(*(seconds(story, language, form, out) for _ in range(TIMES)), strict=True)
            told = f"median {statistics.median(took):4.1f} s, worst {max(took):4.1f} s"
            told += f", of a core {statistics.median(cpu):4.1f} s"
            print(f"  {form} {language} {what}: {told}, {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
