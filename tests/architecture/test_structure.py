"""The rules of the house that no linter knows: floors, sizes, imports, catching, clocks."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.everything import ROOT, SOURCES, named, nodes, source_files, syntax_of

FILES = source_files()
PURE = [path for path in FILES if path.relative_to(SOURCES).parts[0] in ("core", "tasktypes", "formats")]
LARGEST = 500
CATCH_ALL = "# the one catch-all"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
each_file = pytest.mark.parametrize("path", FILES, ids=named)


def test_every_import_contract_is_kept():
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3_000:] + done.stderr
    assert "0 broken" in done.stdout


@each_file
def test_no_module_is_longer_than_five_hundred_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LARGEST


def test_the_median_module_is_short():
    lengths = sorted(len(path.read_text(encoding="utf-8").splitlines()) for path in FILES)
    assert lengths[len(lengths) // 2] <= 150


@each_file
def test_imports_stand_at_the_top(path):
    inner = [
        f"line {found.lineno}"
        for function in nodes(path, *FUNCTIONS)
        for found in ast.walk(function)
        if isinstance(found, (ast.Import, ast.ImportFrom))
    ]
    assert inner == [], f"{named(path)} imports inside a function: {inner}"


def catch_alls(path: Path) -> list[int]:
    """The lines of bare excepts and of those that catch Exception or BaseException."""

    def broad(kind: ast.expr | None) -> bool:
        if isinstance(kind, ast.Tuple):
            return any(broad(one) for one in kind.elts)
        return kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException"))

    return [node.lineno for node in nodes(path, ast.ExceptHandler) if broad(node.type)]


def test_everything_is_caught_in_one_place_only_and_that_is_the_worker():
    found = [(path, line) for path in FILES for line in catch_alls(path)]
    allowed = []
    for path, line in found:
        around = path.read_text(encoding="utf-8").splitlines()[max(0, line - 2) : line + 1]
        where = path.relative_to(SOURCES).parts[:2]
        assert where == ("entry", "worker"), f"{named(path)}, line {line} catches everything"
        assert CATCH_ALL in "\n".join(around), f"{named(path)}, line {line} does not say `{CATCH_ALL}`"
        allowed.append(path)
    assert len(allowed) <= 1


CLOCKS = {
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
}


@pytest.mark.parametrize("path", PURE, ids=named)
def test_core_task_types_and_formats_know_neither_clock_nor_shared_chance(path):
    modules = {alias.name for node in nodes(path, ast.Import) for alias in node.names}
    modules |= {node.module or "" for node in nodes(path, ast.ImportFrom)}
    assert not modules & {"random", "secrets", "time", "uuid"}
    for node in nodes(path, ast.Attribute):
        if isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in CLOCKS, f"line {node.lineno} reads a clock"
        # np.random.Generator and its bit generators are made from a key; functions of np.random share one.
        if isinstance(node.value, ast.Attribute) and node.value.attr == "random":
            assert node.attr[0].isupper(), f"line {node.lineno} draws from numpy's shared stream"


@each_file
def test_every_module_says_what_it_is(path):
    said = ast.get_docstring(syntax_of(path)[0])
    assert said is not None
    assert len(said) > 15, f"{named(path)} says only: {said}"


@each_file
def test_no_unfinished_business_is_left_in_the_code(path):
    marks = re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b", path.read_text(encoding="utf-8"))
    assert marks == []
