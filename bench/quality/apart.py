"""Packages that only benchmarks need, each in an environment of its own, never beside ours."""

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=8)
def installed(name: str, *, needs: tuple[str, ...], alone: tuple[str, ...] = ()) -> Path | None:
    """Return the Python of an environment, made where it is not there yet; None where that fails.

    Args:
        name: of the folder under the user's cache; a version belongs into it.
        needs: requirements.
        alone: further requirements that are installed without what they require themselves.
    """
    folder = cache() / name
    program, done = folder / "bin" / "python", folder / ".installed"
    if not done.exists():
        print(f"  installing {name} into a folder of its own", flush=True)
        try:
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            subprocess.run([program, "-m", "pip", "install", "-qqq", *needs], check=True)
            if alone:
                subprocess.run([program, "-m", "pip", "install", "-qqq", "--no-deps", *alone], check=True)
        except (OSError, subprocess.CalledProcessError) as problem:
            print(f"  {name} cannot be installed ({problem})")
            return None
        done.touch()
    return program


def cache() -> Path:
    """Return the folder that keeps what benchmarks fetched or computed once."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assay-bench"
