"""`python -m bench.timed_build ENGINE`: the build of $LINLI_DATA, told as seconds by step in one JSON object."""

from __future__ import annotations

import json
import sys
import time

from data.build import build
from data.contract import DataError
from data.manifest import data_root

SUMS = ("attendance cells", "attendance sums")


def main() -> None:
    """Build; exit code 1 after a sentence when that is not possible."""
    spent: dict[str, float] = {"sums": 0.0, "rest": 0.0}
    before = ["start", time.perf_counter()]

    def note(step: str, _share: float) -> None:
        now = time.perf_counter()
        spent["sums" if str(before[0]).startswith(SUMS) else "rest"] += now - float(before[1])
        before[:] = [step, now]

    try:
        made = build(data_root(), note, sys.argv[1])
    except DataError as error:
        sys.exit(str(error))
    print(json.dumps(spent | {"bytes_out": sum(made.bytes.values()), "version": made.version}))


if __name__ == "__main__":
    main()
