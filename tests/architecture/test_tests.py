"""Tests mirror the tree, and each of them asserts something."""

import ast

import pytest
from tests.support.everything import ROOT, named, nodes

FILES = sorted((ROOT / "tests").rglob("test_*.py"))
CHECKING = ("assert", "check", "expect", "raises", "warns", "fail")


def called_in(function: ast.AST) -> set[str]:
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}


def asserting(functions: dict[str, ast.AST]) -> set[str]:
    """The functions of a file that assert, themselves or through another function of the file."""
    found = {
        name
        for name, function in functions.items()
        if any(isinstance(node, ast.Assert) for node in ast.walk(function))
        or any(called.lstrip("_").startswith(CHECKING) for called in called_in(function))
    }
    while more := {name for name in functions if name not in found and called_in(functions[name]) & found}:
        found |= more
    return found


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_test_asserts_something(path):
    functions = {node.name: node for node in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef)}
    loud = asserting(functions)
    silent = [name for name in functions if name.startswith("test_") and name not in loud]
    assert silent == [], f"{named(path)}: {silent} assert nothing"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_every_test_file_holds_a_test(path):
    names = [node.name for node in nodes(path, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)]
    machines = "TestCase" in path.read_text(encoding="utf-8")
    assert machines or any(name.startswith(("test_", "Test")) for name in names)


def test_no_two_test_files_share_a_name():
    names = [path.name for path in FILES]
    assert sorted({name for name in names if names.count(name) > 1}) == []
