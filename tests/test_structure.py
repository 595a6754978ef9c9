"""Rules of the house that a machine can check: who imports whom, where SQL and state may stand, what is pinned."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("pages", "geo", "data", "queries")
STATE = ROOT / "pages" / "parts" / "state.py"


def tracked(*patterns: str) -> list[Path]:
    """Files of the project as git lists them (new ones included), so that made folders are never read."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def python_files() -> list[Path]:
    return [path for path in tracked("*.py") if path.relative_to(ROOT).parts[0] in (*PACKAGES, "app.py")]


def code_strings(tree: ast.AST) -> Iterator[str]:
    """String constants that are no docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_files_are_found() -> None:
    assert len(python_files()) > 30


@pytest.mark.parametrize("path", python_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_only_state_names_the_session_and_the_address(path: Path) -> None:
    if path == STATE:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not named & {"session_state", "query_params"}, "state flows through pages/parts/state.py only"


def test_app_is_a_frame_and_imports_pages_only() -> None:
    names = imported(ROOT / "app.py")
    assert not {name.split(".")[0] for name in names} & {"data", "geo", "queries", "folium", "plotly", "duckdb"}
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) <= 80


def test_a_page_never_imports_a_page() -> None:
    pages = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"__init__", "__main__"}
    for path in (ROOT / "pages").glob("*.py"):
        if path.stem in {"__init__", "__main__"}:
            continue
        others = {f"pages.{name}" for name in pages - {path.stem}}
        assert not imported(path) & others, path.name


def fragments_and_calls() -> tuple[dict[str, bool], dict[str, set[str]]]:
    """Fragments of the pages (module.function: does it run by the clock), and which functions each function names."""
    fragments: dict[str, bool] = {}
    calls: dict[str, set[str]] = {}
    for path in (each for each in python_files() if "pages" in each.parts):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.asname or alias.name: f"{node.module.rsplit('.', 1)[-1]}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
        }
        own = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        names |= {node.name: f"{path.stem}.{node.name}" for node in own}
        for node in own:
            decorators = [ast.unparse(each) for each in node.decorator_list]
            if marked := [each for each in decorators if each.startswith("st.fragment")]:
                fragments[names[node.name]] = "run_every" in marked[0]
            calls[names[node.name]] = {
                f"{names.get(each.value.id, '').rsplit('.', 1)[-1]}.{each.attr}"
                if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name)
                else names.get(each.id, "") if isinstance(each, ast.Name) else ""
                for each in ast.walk(node)
            } - {""}  # fmt: skip
    return fragments, calls


def test_no_fragment_that_runs_by_the_clock_stands_in_another() -> None:
    """Where it does, the browser's page goes blank now and then: "Bad delta path index" (Streamlit 1.67)."""
    fragments, calls = fragments_and_calls()
    assert True in fragments.values() and False in fragments.values()
    for fragment in fragments:
        reached, waiting = set[str](), [*calls[fragment]]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += calls.get(name, ())
        assert not {name for name in reached - {fragment} if fragments.get(name)}, fragment


def test_nothing_cached_is_told_how_far_it_is() -> None:
    """Streamlit draws what a cached function drew again with its answer: the bar it was told by is no place by then."""
    cached = [
        node
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and any("st.cache_" in ast.unparse(each) for each in node.decorator_list)
    ]
    assert len(cached) > 10
    for function in cached:
        assert "], None]" not in ast.unparse(function.args), function.name


def test_no_sql_in_python() -> None:
    select = re.compile(r"\bselect\b[\s\S]+\bfrom\b|\binsert\s+into\b|\bcreate\s+(table|view)\b", re.IGNORECASE)
    allowed = {
        "queries/run.py",
        "data/build.py",
    }  # the connection's own statements: views over the extracts, COPY of a query file
    for path in python_files():
        if str(path.relative_to(ROOT)) in allowed:
            continue
        found = [text for text in code_strings(ast.parse(path.read_text(encoding="utf-8"))) if select.search(text)]
        assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_files_are_of_one_theme() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in python_files()
        if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_every_requirement_is_pinned_with_a_reason(name: str) -> None:
    lines = [
        line
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-c"))
    ]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[\w.\-\[\]]+==[\w.]+\s+# \S.+", line), line


def test_constraints_pin_what_requirements_do_not() -> None:
    pinned = re.compile(r"^([\w.\-]+)(?:\[.*\])?==", re.MULTILINE)
    direct = {
        m.lower()
        for n in ("requirements.txt", "tests/requirements.txt")
        for m in pinned.findall((ROOT / n).read_text("utf-8"))
    }
    transitive = {m.lower() for m in pinned.findall((ROOT / "constraints.txt").read_text(encoding="utf-8"))}
    assert transitive and not direct & transitive


def test_no_address_of_a_content_network_and_no_machine_path() -> None:
    bad = re.compile(r"cdn\.|unpkg\.com|jsdelivr|cdnjs|googleapis|(?<![\w.])/(?:home|root|Users)/\w", re.IGNORECASE)
    for path in tracked("*.py", "*.js", "*.css", "*.toml", "*.md", "Makefile"):
        if path == Path(__file__):
            continue
        found = bad.findall(path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_ignored_paths_are_anchored() -> None:
    patterns = [
        line for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines() if "/" in line.rstrip("/")
    ]
    assert patterns and all(line.startswith("/") for line in patterns)


def test_make_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.search(r"^\.PHONY: (.+)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    for name in ("README.md", "README.zh-CN.md"):
        used = set(re.findall(r"`make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8")))
        assert used and used <= phony
