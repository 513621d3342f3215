"""What the scripts share, in the standard library alone: made pictures, and files kept with what they should say."""

import json
import os
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

Row = dict[str, Any]


def keep(
    written: Path | str,
    *,
    into: str,
    licence: str,
    expected: str,
    rows: list[Row] | None = None,
    labels: list[str] | None = None,
    read_as: str | None = None,
    attribute: str | None = None,
    left_out: dict[str, int] | None = None,
    bad: list[list[object]] | None = None,
    refused: str = "",
    note: str = "",
    without: tuple[str, ...] = (),
) -> None:
    """Keep a file or folder that the tool wrote, and what Assay must read from it.

    Args:
        written: the file or folder.
        into: its place below the folder of the tool.
        licence: the tool's licence.
        expected: in words, what Assay should read from it.
        rows: the truth that was put in: `id`, `media`, `text`, `label`, `size` of each item, what is not there left out.
        labels: the names of the labels, in the order in which they must be found.
        read_as: the format to be named by the user where the name of the file does not tell it.
        attribute: the attribute to be named by the user.
        left_out: what must be counted.
        bad: rows that must be set aside: line and what the sentence says.
        refused: what the sentence says with which the whole file must be refused.
        note: what came out before the readers were mended, and what else was learnt.
        without: names of files in the folder that are not kept.
    """
    home = Path(os.environ["KEPT"]) / os.environ["TOOL"].replace("==", "-")
    place = home / into
    place.parent.mkdir(parents=True, exist_ok=True)
    if Path(written).is_dir():
        shutil.copytree(written, place, ignore=shutil.ignore_patterns(*without))
    else:
        shutil.copyfile(written, place)
    tool, _, version = os.environ["TOOL"].partition("==")
    found = {
        "file": into,
        "tool": tool,
        "version": version,
        "licence": licence,
        "read_as": read_as,
        "attribute": attribute,
        "expected": expected,
        "note": note,
        "labels": labels or [],
        "left_out": left_out or {},
        "bad": bad or [],
        "refused": refused,
        "rows": rows or [],
    }
    table = home / "files.json"
    before = json.loads(table.read_text("utf-8")) if table.is_file() else []
    table.write_text(_listed([*before, found]), "utf-8")


def row(key: str, label: object, **more: object) -> Row:
    """Return what one item must say."""
    return {"id": key, "label": label, **more}


def picture(path: Path | str, width: int, height: int) -> None:
    """Write a small grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height, 9)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def _listed(found: list[dict[str, Any]]) -> str:
    """Return a table as JSON, with a line for each row of each file."""
    return "[\n" + ",\n".join(map(_one, found)) + "\n]\n"


def _one(found: dict[str, Any]) -> str:
    parts = [
        f'    "{key}": {json.dumps(said, ensure_ascii=False)}' for key, said in found.items() if key != "rows"
    ]
    rows = ",\n".join(f"      {json.dumps(one, ensure_ascii=False)}" for one in found["rows"])
    return "  {\n" + ",\n".join(parts) + ',\n    "rows": [' + (f"\n{rows}\n    " if rows else "") + "]\n  }"
