"""ZIP files for tests: sound ones, and ones that nobody should unpack."""

import zipfile
from pathlib import Path


def zip_of(path: Path, files: dict[str, bytes | str]) -> Path:
    """Write a ZIP of files by their names."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in files.items():
            out.writestr(name, data)
    return path


def zip_of_folder(path: Path, folder: Path, *, below: str = "") -> Path:
    """Write a ZIP of all that lies below a folder."""
    found = {
        below + one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file()
    }
    return zip_of(path, found)
