import importlib.metadata
import sys
from pathlib import Path

import pytest

from assay.core.errors import NoMember, UnknownMember
from assay.core.registry import Registry


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home package with two members, a plain module that is none, and a broken one."""
    package = tmp_path / "zoo"
    for member, body in {"lion": "MEMBER = 'Leo'", "ant": "MEMBER = 'Anton'"}.items():
        (package / member).mkdir(parents=True)
        (package / member / "__init__.py").write_text(body)
    (package / "__init__.py").write_text("")
    (package / "helpers.py").write_text("raise RuntimeError('never imported')")
    monkeypatch.syspath_prepend(tmp_path)
    yield "zoo"
    for name in [name for name in sys.modules if name.split(".")[0] == "zoo"]:
        del sys.modules[name]


def animals(home: str) -> Registry[str]:
    return Registry(kind="animal", home=home)


def test_a_folder_is_a_member_and_a_module_is_not(home):
    assert animals(home).names() == ("ant", "lion")
    assert animals(home).get("lion") == "Leo"
    assert animals(home).all() == {"ant": "Anton", "lion": "Leo"}


def test_members_are_imported_when_they_are_asked_for(home, tmp_path):
    (Path(tmp_path) / "zoo" / "wolf").mkdir()
    (Path(tmp_path) / "zoo" / "wolf" / "__init__.py").write_text("raise ImportError('ill')")
    registry = animals(home)
    assert registry.names() == ("ant", "lion", "wolf")
    assert registry.get("ant") == "Anton"
    with pytest.raises(ImportError, match="ill"):
        registry.get("wolf")


def test_a_folder_that_says_nothing_of_itself_is_named(home, tmp_path):
    (Path(tmp_path) / "zoo" / "newt").mkdir()
    (Path(tmp_path) / "zoo" / "newt" / "__init__.py").write_text("")
    with pytest.raises(NoMember, match=r"The animal 'newt' cannot be loaded: .*__init__\.py has no MEMBER"):
        animals(home).get("newt")


def test_an_unknown_name_is_answered_with_the_known_ones(home):
    with pytest.raises(UnknownMember) as caught:
        animals(home).get("tiger")
    assert str(caught.value) == "There is no animal 'tiger'; known are: ant, lion."


def test_an_installed_package_adds_a_member_through_an_entry_point(home, monkeypatch):
    entry = importlib.metadata.EntryPoint(name="okapi", value="string:digits", group="zoo")

    def entries(*, group: str) -> list[importlib.metadata.EntryPoint]:
        return [entry] if group == "zoo" else []

    monkeypatch.setattr("assay.core.registry.entry_points", entries)
    assert animals(home).names() == ("ant", "lion", "okapi")
    assert animals(home).get("okapi") == "0123456789"
