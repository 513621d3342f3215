"""Work that many tests begin with: it is done once, and each test gets a copy of the place in which it was done.

A test may do with its copy what it likes, so no test depends on what another one did. A file says what its tests begin
with by a fixture of its own, in place of the one in tests/conftest.py:

    @pytest.fixture
    def begun(beginnings, request):
        return beginnings.of(offered_pets) if "offered" in request.fixturenames else None

    @pytest.fixture
    def offered(begun, installation, tmp_path):
        return begun.project(installation, tmp_path)
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.support.places import Kept, Templates
from tests.support.projects import Project, submit, write_project

from assay.core.project import lifecycle
from assay.service.installation import Installation

Begin = Callable[[Installation, Path], Project]
"""Does the work in an installation, with a folder for the intake and what belongs to it."""


@dataclass(frozen=True)
class Begun:
    """Work that was done.

    Attributes:
        kept: the place in which it was done, as it was left.
        made: the project as it was left there.
    """

    kept: Kept
    made: Project

    def project(self, installation: Installation, folder: Path) -> Project:
        """Return the project in a copy of the place; it delivers into this folder."""
        out = folder / "out"
        if self.made.out.exists():
            shutil.copytree(self.made.out, out)
        return replace(self.made, installation=installation, out=out)


@dataclass
class Beginnings:
    """Does each piece of work when it is first wanted.

    Attributes:
        folder: where the kept places and the projects' files are; nobody changes anything in it.
    """

    templates: Templates
    folder: Path
    found: dict[Begin, Begun] = field(default_factory=dict)

    def of(self, begin: Begin) -> Begun:
        """Return what this piece of work leaves."""
        if begin not in self.found:
            own = self.folder / f"{begin.__module__}-{begin.__name__}"
            with self.templates.place(own / "home") as place:
                made = begin(place.open(), own / "project")
                self.found[begin] = Begun(self.templates.keep(place, own / "kept"), made)
        return self.found[begin]


def offered_pets(installation: Installation, folder: Path) -> Project:
    """Bring the batch `pets-1` of sixty items up to its review."""
    project = submit(installation, write_project(folder, accept="by_hand"))
    project.run()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW
    return project
