"""`python -m bench [name…]`: run every bench_*.py of this folder, or those named."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> None:
    """Run the benches in order of name."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("bench_*.py"))
    chosen = [name for name in names if not sys.argv[1:] or name.removeprefix("bench_") in sys.argv[1:]]
    if not chosen:
        sys.exit(f"There is no such bench; there are: {', '.join(name.removeprefix('bench_') for name in names)}.")
    for name in chosen:
        importlib.import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main()
