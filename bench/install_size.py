"""The size of the base install: what `requirements.lock` puts into a fresh environment, without pip.

python -m bench.install_size
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.measuring import Finding, options, report

MOST = 550
ROOT = Path(__file__).parents[1]


def main() -> None:
    given = options(__doc__)
    folder = Path(tempfile.mkdtemp(prefix="assay-bench-"))
    try:
        uv = [sys.executable, "-m", "uv"]
        subprocess.run([*uv, "venv", "-q", "--python", sys.executable, folder / "venv"], check=True)
        python = folder / "venv" / "bin" / "python"
        lock = ROOT / "requirements.lock"
        # Copied, not linked to a cache: a link would be counted as nothing or twice.
        subprocess.run(
            [*uv, "pip", "sync", "-q", "--link-mode=copy", "--python", python, "--require-hashes", lock],
            check=True,
        )
        parts = {path.name: _mib(path) for path in (folder / "venv").glob("lib/*/site-packages/*")}
        total = _mib(folder / "venv")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sources = _mib(ROOT / "src")
    largest = sorted(parts, key=parts.__getitem__, reverse=True)[:6]
    report(
        given,
        [
            Finding(
                "Base install without pip",
                f"<= {MOST} MiB",
                f"{total + sources:.0f} MiB ({', '.join(f'{name} {parts[name]:.0f}' for name in largest)})",
                total + sources <= MOST,
            )
        ],
    )


def _mib(path: Path) -> float:
    """Return the bytes on disk in MiB, as `du` counts them."""
    return int(subprocess.check_output(["du", "-sk", path]).split()[0]) / 1024


if __name__ == "__main__":
    main()
