"""Build hook: a wheel carries the built pages; an editable install builds them with `make install` instead."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuiltPages(BuildHookInterface):  # type: ignore[type-arg]
    """Runs the build of `ui/` where the wheel is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages, unless this is an editable install."""
        del build_data
        if version == "editable":
            return
        npm = shutil.which("npm")
        if npm is None:
            message = "Building a wheel needs Node 20 or later with npm, which builds the pages."
            raise RuntimeError(message)
        for words in (["ci"], ["run", "build"]):
            subprocess.run([npm, *words], cwd=Path(self.root) / "ui", check=True)  # noqa: S603 - our own build
