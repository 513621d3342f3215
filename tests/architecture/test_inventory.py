"""The inventory that is shipped is that of the locks: every package with its digests and its licence."""

import json
import re
import shutil

import pytest
from hatchling.builders.wheel import WheelBuilder
from tests.support.everything import ROOT, SOURCES
from tools import inventory

from assay.entry.cli.main import main

SHIPPED = SOURCES / inventory.INVENTORY
BUILT = SOURCES / "entry" / "web" / "static" / "built" / "licences.txt"
COMPONENTS = {one["purl"]: one for one in json.loads(SHIPPED.read_text(encoding="utf-8"))["components"]}


@pytest.mark.parametrize(("name", "text"), inventory.files().items())
def test_what_is_shipped_is_what_the_locks_say(name, text):
    same = (SOURCES / name).read_text(encoding="utf-8") == text
    assert same, f"src/assay/{name} is out of date: python -m tools.inventory"


def test_every_locked_package_is_in_it_with_every_digest():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([a-z0-9._-]+)(?:\[.*\])?==(\S+)", lock, flags=re.MULTILINE)
    assert len(pinned) > 40
    assert {f"pkg:pypi/{name}@{version}" for name, version in pinned} <= set(COMPONENTS)
    digests = {one["content"] for found in COMPONENTS.values() for one in found["hashes"]}
    assert set(re.findall(r"sha256:([0-9a-f]{64})", lock)) <= digests


def test_whatever_the_pages_were_built_of_is_in_it():
    if not BUILT.exists():
        pytest.skip("the pages are not built")
    rule = re.compile(r"^((?:@[\w.-]+/)?[\w.-]+) (\d[\w.+-]*) \(.*\)$", flags=re.MULTILINE)
    found = rule.findall(BUILT.read_text(encoding="utf-8"))
    assert len(found) > 5
    purls = {f"pkg:npm/{name.replace('@', '%40')}@{version}" for name, version in found}
    assert purls <= set(COMPONENTS)


def test_tools_that_build_are_not_in_it():
    names = {one["name"] for one in COMPONENTS.values()}
    assert not names & {"vite", "typescript", "pytest", "ruff", "mypy"}


def test_it_has_the_shape_of_cyclonedx():
    """What the schema of CycloneDX 1.6 asks of these parts; the whole was checked with its validator."""
    found = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert (found["bomFormat"], found["specVersion"], found["version"]) == ("CycloneDX", "1.6", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", found["serialNumber"])
    lengths = {"SHA-256": 64, "SHA-512": 128}
    for one in found["components"]:
        assert set(one) == {"type", "bom-ref", "name", "version", "scope", "hashes", "licenses", "purl"}
        assert (one["type"], one["scope"], one["bom-ref"]) == ("library", "required", one["purl"])
        assert re.fullmatch(r"pkg:(pypi|npm)/[\w.%/-]+@[\w.%+-]+", one["purl"])
        assert one["hashes"]
        for digest in one["hashes"]:
            assert re.fullmatch(r"[0-9a-f]+", digest["content"])
            assert len(digest["content"]) == lengths[digest["alg"]]
        (licence,) = one["licenses"]
        assert licence.get("expression") or licence["license"]["name"]
        assert "not said" not in str(licence)
    assert len(COMPONENTS) == len(found["components"])


def test_a_lock_that_changed_is_noticed(tmp_path, monkeypatch):
    for name in ("pyproject.toml", "requirements.lock", "ui/package-lock.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, tmp_path / name)
    monkeypatch.setattr(inventory, "ROOT", tmp_path)
    assert inventory.files()[inventory.INVENTORY] == SHIPPED.read_text(encoding="utf-8")
    lock = tmp_path / "ui" / "package-lock.json"
    pages = json.loads(lock.read_text())
    pages["packages"]["node_modules/konva"]["version"] = "99.0.0"
    lock.write_text(json.dumps(pages))
    assert inventory.files()[inventory.INVENTORY] != SHIPPED.read_text(encoding="utf-8")
    lock = tmp_path / "requirements.lock"
    lock.write_text(re.sub(r"^django==\S+", "django==5.2.0", lock.read_text(), flags=re.MULTILINE))
    with pytest.raises(SystemExit, match=r"django 5\.2\.0 is locked"):
        inventory.files()


def test_a_wheel_carries_both():
    builder = WheelBuilder(str(ROOT))
    carried = {one.distribution_path for one in builder.recurse_included_files()}
    assert {f"assay/{inventory.INVENTORY}", f"assay/{inventory.LICENCES}"} <= carried


def test_the_command_line_lists_the_licences(capsys):
    assert main(["--licences"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^django +\S+ +BSD-3-Clause$", said, flags=re.MULTILINE)
    assert str(SHIPPED) in said
