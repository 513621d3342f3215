"""Where the server of a home is reached: `assay serve` writes it down while it runs, other commands read it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SERVING: Final = "serving.json"


def address_of(host: str, port: int) -> str:
    """Return the address of a listening server; passkeys need a name and not a number, where that is the same place."""
    name = "localhost" if host == "127.0.0.1" else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


@contextmanager
def telling(home: Path, address: str) -> Iterator[None]:
    """Write down the address of this process's server until the block ends."""
    path, draft = home / SERVING, home / f".{SERVING}.{os.getpid()}"
    draft.write_text(json.dumps({"address": address, "process": os.getpid()}), encoding="utf-8")
    draft.replace(path)
    try:
        yield
    finally:
        if _read(path) == (address, os.getpid()):
            path.unlink(missing_ok=True)


def running_address(home: Path) -> str | None:
    """Return the address of the server that runs on a home, or None where none is known to run."""
    found = _read(home / SERVING)
    return found[0] if found is not None and _runs(found[1]) else None


def _read(path: Path) -> tuple[str, int] | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return str(said["address"]), int(said["process"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _runs(process: int) -> bool:
    """Whether there is such a process: a server that was killed leaves its file."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
