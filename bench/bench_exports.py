"""The shipped talk of ten scenes as files from the shell: seconds from the command to the file, nothing kept before."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.serving import ROOT

TIMES = 3
LIMIT_S = 10


def seconds(language: str, form: str, out: Path) -> float:
    """One run of the command in a process of its own."""
    command = [sys.executable, "-m", "pages", "export", "--story", "ten-minutes"]
    began = time.perf_counter()
    subprocess.run(
        [*command, "--lang", language, "--format", form, "--out", str(out)], cwd=ROOT, check=True, capture_output=True
    )
    return time.perf_counter() - began


def main() -> None:
    """Print the median and the worst of each, PPTX first, which has the limit."""
    print(f"Exports: ten scenes (and two for questions), {TIMES} runs each; limit of PPTX {LIMIT_S} s")
    with tempfile.TemporaryDirectory() as folder:
        for form in ("pptx", "pdf", "html", "xlsx"):
            for language in ("zh", "en"):
                out = Path(folder) / f"talk-{language}.{form}"
                took = [seconds(language, form, out) for _ in range(TIMES)]
                told = f"median {statistics.median(took):4.1f} s, worst {max(took):4.1f} s"
                print(f"  {form} {language} {told}, {out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
