"""Install a tool for a while, have it write, and keep what it wrote."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tools.written_by_tools.listing import page

HOME: Final = Path(__file__).resolve().parent
KEPT: Final = HOME.parents[1] / "tests" / "formats" / "written_by_tools"
_FROM: Final = "from_"
"""What the names of scripts start with: the packages' own names would stand in front of the packages."""

_PINNED: Final = "# packages: "
_APART: Final = "# without their own packages"


def main(names: list[str]) -> None:
    """Run the named scripts, or all of them one after another."""
    known = sorted(one.stem.removeprefix(_FROM) for one in HOME.glob(f"{_FROM}*.py"))
    for name in names or known:
        if name not in known:
            sys.exit(f"There is no script '{name}'; there are {', '.join(known)}.")
        _run(HOME / f"{_FROM}{name}.py")
    (KEPT / "README.md").write_text(page(KEPT), "utf-8")


def _run(script: Path) -> None:
    """Run one script with its packages; `TOOL_PYTHON` names a Python that has them already."""
    head = script.read_text("utf-8").splitlines()
    packages = head[0].removeprefix(_PINNED).split()
    # Some tools write where they wrote: the folder has one name always, so that the files come out the same.
    folder = Path(tempfile.gettempdir()) / "written-by-tools"
    folder.mkdir()
    try:
        python = os.environ.get("TOOL_PYTHON") or _installed(folder, packages, apart=head[1] == _APART)
        shutil.rmtree(KEPT / packages[0].replace("==", "-"), ignore_errors=True)
        (folder / "work").mkdir()
        told = os.environ | {"PYTHONPATH": str(HOME), "KEPT": str(KEPT), "TOOL": packages[0]}
        subprocess.run([python, str(script)], check=True, cwd=folder / "work", env=told)  # noqa: S603 - a script of ours
    finally:
        shutil.rmtree(folder)


def _installed(folder: Path, packages: list[str], *, apart: bool) -> str:
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)  # noqa: S603 - Python itself
    python = str(folder / "venv" / "bin" / "python")
    alone = ["--no-deps"] if apart else []
    command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *alone, *packages]
    subprocess.run(command, check=True)  # noqa: S603 - the packages are pinned in our own scripts
    return python


if __name__ == "__main__":
    main(sys.argv[1:])
