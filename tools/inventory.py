"""Write the inventory of everything that runs with Assay, and the list of its licences, into the package.

    python -m tools.inventory

The inventory is CycloneDX 1.6: each package of `requirements.lock`, and of `ui/package-lock.json` each that the pages may be
built of, with the digests that the locks allow. Licences are what the packages say themselves. Both files are
made of the locks and the installed packages alone, so that the same locks give the same bytes; a test compares them.
"""

import base64
import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import metadata
from pathlib import Path
from typing import Final
from urllib.parse import quote

ROOT: Final = Path(__file__).resolve().parents[1]
INVENTORY: Final = "inventory.cdx.json"
LICENCES: Final = "licences.txt"
BUILT_IN: Final = ("@tabler/icons",)
"""Of the tools that build the pages, those whose content is in what they build."""
SPDX: Final = {
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache-2.0": "Apache-2.0",
    "BSD-3-Clause": "BSD-3-Clause",
    "MIT": "MIT",
    "MIT License": "MIT",
    "MPL-2.0": "MPL-2.0",
}
"""What packages call their licences that do not say it in SPDX's words."""


@dataclass(frozen=True, slots=True)
class Package:
    """One package; `licence` is an SPDX expression where `spdx`, `digests` are (algorithm, hex)."""

    ecosystem: str
    name: str
    version: str
    licence: str
    spdx: bool
    digests: tuple[tuple[str, str], ...]

    @property
    def purl(self) -> str:
        """The package's name as every tool knows it."""
        group, _, name = self.name.rpartition("/")
        path = f"{quote(group, safe='')}/{name}" if group else name
        return f"pkg:{self.ecosystem}/{path}@{quote(self.version, safe='')}"


def main() -> int:
    """Write both files."""
    for name, text in files().items():
        (ROOT / "src" / "assay" / name).write_text(text, encoding="utf-8")
        sys.stderr.write(f"src/assay/{name}\n")
    return 0


def files() -> dict[str, str]:
    """Return both files by their names in the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = sorted({*python_packages(), *page_packages()}, key=lambda one: one.purl)
    return {INVENTORY: inventory(found, version=project["version"]), LICENCES: licences(found)}


def inventory(packages: list[Package], *, version: str) -> str:
    """Return the inventory; its number follows from what it holds."""
    components = [
        {
            "type": "library",
            "bom-ref": one.purl,
            "name": one.name,
            "version": one.version,
            "scope": "required",
            "hashes": [{"alg": algorithm, "content": digest} for algorithm, digest in one.digests],
            "licenses": [{"expression": one.licence} if one.spdx else {"license": {"name": one.licence}}],
            "purl": one.purl,
        }
        for one in packages
    ]
    content = {
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "assay",
                "name": "assay",
                "version": version,
                "licenses": [{"expression": "Apache-2.0"}],
            }
        },
        "components": components,
    }
    number = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(content, sort_keys=True))
    head = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
    }
    return json.dumps(head | content, indent=1) + "\n"


def licences(packages: list[Package]) -> str:
    """Return the list: name, version, licence."""
    head = "Packages that run with Assay, or that its pages are built of. Their licence texts lie in the packages;\nthose of the pages in entry/web/static/built/licences.txt.\n\n"
    width = max(len(one.name) for one in packages) + 2
    long = max(len(one.version) for one in packages) + 2
    rows = (f"{one.name:<{width}}{one.version:<{long}}{one.licence}\n" for one in packages)
    return head + "".join(rows)


def python_packages() -> Iterator[Package]:
    """Yield what `requirements.lock` pins, with the digests of every file that may be installed."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for block in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]:
        name, version = re.match(r"([a-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", block).groups()  # type: ignore[union-attr]
        licence, spdx = python_licence(name, version)
        digests = tuple(("SHA-256", digest) for digest in re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        yield Package("pypi", name, version, licence, spdx, digests)


def python_licence(name: str, version: str) -> tuple[str, bool]:
    """Return what an installed package says of its licence, and whether in SPDX's words."""
    said = metadata(name)
    if said["Version"] != version:
        sys.exit(f"{name} {version} is locked, but {said['Version']} is installed; `make install` first.")
    if expression := said.get("License-Expression"):
        return str(expression), True
    marks = [
        one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or () if one.startswith("License")
    ]
    short = str(said.get("License") or "")
    words = short if short and "\n" not in short and len(short) <= 40 else "; ".join(marks)
    return (SPDX[words], True) if words in SPDX else (words or "not said", False)


def page_packages() -> Iterator[Package]:
    """Yield what `ui/package-lock.json` pins and the pages may be built of, without the tools that build them."""
    lock = json.loads((ROOT / "ui" / "package-lock.json").read_text(encoding="utf-8"))
    for place, one in lock["packages"].items():
        name = place.rpartition("node_modules/")[2]
        if place and (name in BUILT_IN or not (one.get("dev") or one.get("optional"))):
            algorithm, _, digest = one["integrity"].partition("-")
            digests = ((algorithm.upper().replace("SHA", "SHA-"), base64.b64decode(digest).hex()),)
            yield Package("npm", name, one["version"], one.get("license", "not said"), True, digests)


if __name__ == "__main__":
    raise SystemExit(main())
