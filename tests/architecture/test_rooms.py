"""The plan of the house: every room stands in it with its own sentence, and its walks go where imports lead."""

import ast
import re

import pytest
from tests.support.everything import ROOT, SOURCES, named, nodes, syntax_of

PLAN = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
FLOORS = ("core", "store", "service", "entry")
ROOMS = sorted(
    path.parent
    for floor in FLOORS
    for path in (SOURCES / floor).rglob("__init__.py")
    if path.parent not in (SOURCES / floor, SOURCES / "store" / "migrations")
)
MOST_FILES = 15
DEEPEST = 2
WALKS = re.findall(
    r"^\*\*(.+?)\*\*(.*?)(?=\n\n)", PLAN.split("## Three walks")[1], flags=re.MULTILINE | re.DOTALL
)
A_FILE = re.compile(r"`((?:conf|entry|service|store|providers|client|tasktypes|formats|core)/[\w/]+\.py)`")


def sentence_of(room):
    said = ast.get_docstring(syntax_of(room / "__init__.py")[0]) or ""
    return " ".join(said.split("\n\n")[0].split())


@pytest.mark.parametrize("room", ROOMS, ids=named)
def test_every_room_stands_in_the_plan_with_its_own_sentence(room):
    name = str(room.relative_to(SOURCES))
    assert f"| [`{name}`](src/assay/{name}) | {sentence_of(room)} |" in PLAN


@pytest.mark.parametrize("room", ROOMS, ids=named)
def test_a_room_holds_no_more_than_one_can_overlook(room):
    assert len([one for one in room.glob("*.py") if one.name != "__init__.py"]) <= MOST_FILES


@pytest.mark.parametrize("room", ROOMS, ids=named)
def test_a_room_lies_two_folders_below_its_floor_at_most(room):
    inner = room.relative_to(SOURCES).parts
    floor = 2 if inner[0] == "entry" else 1
    assert len(inner) - floor <= DEEPEST


def imported_by(path):
    """Yield the files that a file imports; a registry's members are found by whoever asks it."""
    for node in nodes(SOURCES / path, ast.ImportFrom):
        if (node.module or "").startswith("assay."):
            home = node.module.removeprefix("assay.").replace(".", "/")
            yield f"{home}.py"
            yield from (f"{home}/{one.name}.py" for one in node.names)
            if home == "formats":
                yield from (str(one.relative_to(SOURCES)) for one in (SOURCES / home).glob("*/layout.py"))


def astray(walk):
    """Return the files of a walk that none before them imports; after "later" it begins anew."""
    found = []
    for stretch in walk.split("*Later*"):
        first, *others = A_FILE.findall(stretch)
        reached = {*imported_by(first)}
        for path in others:
            if path not in reached:
                found.append(path)
            reached |= {*imported_by(path)}
    return found


def test_there_are_three_walks():
    assert len(WALKS) == 3
    assert all(len(A_FILE.findall(walk)) > 10 for _, walk in WALKS)


@pytest.mark.parametrize(("about", "walk"), WALKS, ids=[about for about, _ in WALKS])
def test_a_walk_goes_where_imports_lead(about, walk):
    assert astray(walk) == [], about


def test_a_walk_that_leaves_the_imports_is_noticed():
    assert astray("`service/labelling/submit_answer.py`, `core/quality/certificate.py`") == [
        "core/quality/certificate.py"
    ]
