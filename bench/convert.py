"""Conversion of boxes between COCO, YOLO and the augmented manifest, beside Datumaro and beside the JSON alone.

    python -m bench.convert [--scale 0.1]

100 k pictures with 10 boxes each, all six directions, each in a process of its own: a first look at the source,
its labels streamed into the target. Files lie in memory where the machine has such a folder, for Datumaro too: what
a disk needs to make a hundred thousand small files would hide both.

- Datumaro, in an environment of its own, does COCO to YOLO and back on a tenth of the pictures (it knows no
  manifest); compared are seconds a picture. It is also given our COCO, YOLO and VOC files and must find our boxes.
- The JSON alone: the COCO document parsed whole and written whole, by the standard library and by msgspec.
"""

import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import msgspec
from bench.measuring import Finding, Measured, apart, measure, options, report

from assay.core.labels.label_values import Box, Boxes, LabelledItem, schema_of
from assay.core.ports.file_format import BadRow, Naming
from assay.formats import FORMATS

IMAGES, EACH = 100_000, 10
KINDS = ("coco", "yolo", "augmented_manifest")
NAMES = ("car", "bicycle", "traffic light", "person", "dog", "cat", "bus", "tree")
WIDE, HIGH = 640, 480
FASTER, SLOWER, GROWTH = 5.0, 3.0, 1.0
"""At least five times as fast as Datumaro, at most three times the JSON alone, at most 1 KiB more a picture."""

DATUMARO = "datumaro==1.13.12"
SHARE = 0.1
"""Of the pictures, for Datumaro."""

PEER = """
import json, logging, sys, time
from pathlib import Path
import datumaro as dm
logging.disable(logging.CRITICAL)
home = Path(sys.argv[1])

def converted(source, a, target, b):
    start = time.process_time()
    dm.Dataset.import_from(str(source), a).export(str(target), b, save_media=False)
    return time.process_time() - start

def boxes(folder, kind):
    data = dm.Dataset.import_from(str(folder), kind)
    names = [one.name for one in data.categories()[dm.AnnotationType.label]]
    return {
        item.id.rpartition("/")[2]: sorted(
            [names[one.label], *(round(float(x), 2) for x in one.get_bbox())] for one in item.annotations
        )
        for item in data
    }

to_yolo = converted(home / "coco", "coco", home / "as_yolo", "yolo")
rows = [line.strip().split("/", 2)[2].rpartition(".")[0] for line in open(home / "as_yolo" / "train.txt")]
(home / "as_yolo" / "images.meta").write_text("".join(f'"{row}" 480 640\\n' for row in rows))
to_coco = converted(home / "as_yolo", "yolo", home / "as_coco", "coco")
truth = {key: sorted(found) for key, found in json.loads((home / "truth.json").read_text()).items()}
same = {kind: boxes(home / "small" / kind, kind) == truth for kind in ("coco", "voc", "yolo")}
print(json.dumps({"coco yolo": to_yolo, "yolo coco": to_coco, "same": same}))
"""


def main() -> None:
    given = options(__doc__)
    many = int(IMAGES * given.scale)
    few = many // 10
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        home = Path(folder)
        found: dict[tuple[str, str], tuple[Measured, Measured]] = {}
        for source, target in permutations(KINDS, 2):
            small, large = (_direction(home, source, target, images) for images in (few, many))
            found[source, target] = (small, large)
        apart(write_source, home / "json", "coco", many)
        bare = {
            peer: apart(parsed_and_written, home / "json" / f"coco{FORMATS.get('coco').suffix}", peer)
            for peer in ("json", "msgspec")
        }
        shutil.rmtree(home / "json")
        report(given, _findings(found, bare, _datumaro(home, few), few=few, many=many))


def _direction(home: Path, source: str, target: str, images: int) -> Measured:
    place = home / "source"
    apart(write_source, place, source, images)
    done: Measured = apart(converted, place, source, target)
    shutil.rmtree(place)
    return done


def _findings(
    found: dict[tuple[str, str], tuple[Measured, Measured]],
    bare: dict[str, Measured],
    peer: dict[str, float],
    *,
    few: int,
    many: int,
) -> list[Finding]:
    findings = []
    for (source, target), (small, large) in found.items():
        what = f"Conversion of {many:,} pictures with {many * EACH:,} boxes, {source} to {target}"
        ratio, fast = large.cpu / bare["json"].cpu, large.cpu / bare["msgspec"].cpu
        findings.append(
            Finding(
                f"{what}, against its JSON alone",
                f"<= {SLOWER}x",
                f"{ratio:.2f}x the standard library, {fast:.2f}x msgspec ({large.cpu:.1f} s CPU, "
                f"{large.wall:.1f} s wall)",
                ratio <= SLOWER,
            )
        )
        growth = 1024 * max(0.0, large.growth - small.growth) / (many - few)
        findings.append(
            Finding(
                f"{what}, growth of memory a picture from {few:,} to {many:,}",
                f"<= {GROWTH:g} KiB",
                f"{growth:.2f} KiB (memory + {small.growth:.0f} and + {large.growth:.0f} MiB; the standard "
                f"library + {bare['json'].growth:.0f}, msgspec + {bare['msgspec'].growth:.0f} MiB)",
                growth <= GROWTH,
            )
        )
        if f"{source} {target}" in peer:
            each = peer[f"{source} {target}"] / few
            findings.append(
                Finding(
                    f"{what}, against Datumaro ({few:,} pictures)",
                    f">= {FASTER}x",
                    f"{each * many / large.cpu:.1f}x ({1e6 * large.cpu / many:.0f} against {1e6 * each:.0f} us a picture)",
                    each * many >= FASTER * large.cpu,
                )
            )
    same = peer["same"]
    assert isinstance(same, dict)
    findings.append(
        Finding(
            "Our COCO, YOLO and VOC files, read by Datumaro",
            "the same boxes",
            ", ".join(f"{kind}: {'the same' if one else 'others'}" for kind, one in same.items()),
            all(same.values()),
        )
    )
    return findings


def write_source(place: Path, kind: str, images: int) -> None:
    """Write the source of a conversion."""
    place.mkdir(exist_ok=True)
    layout = FORMATS.get(kind)
    path = place / f"{kind}{layout.suffix}"
    layout.write(_items(images), path, naming=_naming(), left_out=Counter())


def converted(place: Path, source: str, target: str) -> Measured:
    """Convert what `write_source` wrote."""
    reader, writer = FORMATS.get(source), FORMATS.get(target)
    path = place / f"{source}{reader.suffix}"

    def work() -> int:
        left_out: Counter[str] = Counter()
        rows = reader.read_labels(path, contents=reader.look(path), left_out=left_out)
        return writer.write(
            (row for row in rows if not isinstance(row, BadRow)),
            place / f"to_{target}{writer.suffix}",
            naming=_naming(),
            left_out=left_out,
        )

    return measure(work)


def parsed_and_written(path: Path, peer: str) -> Measured:
    """Parse a document and write it again, whole."""

    def work() -> None:
        again = path.with_name("again.json")
        if peer == "json":
            with path.open(encoding="utf-8") as stream:
                found = json.load(stream)
            with again.open("w", encoding="utf-8") as out:
                # `json.dump` makes its pieces in Python; `dumps` is what somebody in a hurry takes.
                out.write(json.dumps(found))
        else:
            again.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes())))

    return measure(work)


def _datumaro(home: Path, images: int) -> dict[str, float]:
    """Return Datumaro's seconds for each direction, and whether it finds our boxes in our files."""
    folder = home / "datumaro"
    (folder / "coco" / "annotations").mkdir(parents=True)
    (folder / "coco" / "images").mkdir()
    coco = FORMATS.get("coco")
    document = folder / "coco" / "annotations" / "instances_default.json"
    coco.write(_items(images), document, naming=_naming(), left_out=Counter())
    _write_small(folder)
    (folder / "peer.py").write_text(PEER, encoding="utf-8")
    uv = [sys.executable, "-m", "uv"]
    with tempfile.TemporaryDirectory() as environment:
        python = Path(environment) / "venv" / "bin" / "python"
        subprocess.run(
            [*uv, "venv", "-q", "--python", sys.executable, Path(environment) / "venv"], check=True
        )
        subprocess.run([*uv, "pip", "install", "-q", "--python", python, DATUMARO], check=True)
        out = subprocess.check_output([python, folder / "peer.py", folder], text=True)
    told: dict[str, float] = json.loads(out.splitlines()[-1])
    return told


def _write_small(folder: Path) -> None:
    """Write a few pictures in every format that Datumaro shares, for it to read."""
    # Pictures without folders: Datumaro finds those of a YOLO folder in the first two levels only.
    few = [replace(item, media=Path(str(item.media)).name) for item in _items(200)]
    small = folder / "small"
    for kind, below in (
        ("coco", "coco/annotations/instances_default.json"),
        ("pascal_voc", "voc"),
        ("yolo", "yolo"),
    ):
        path = small / below
        path.parent.mkdir(parents=True, exist_ok=True)
        FORMATS.get(kind).write(iter(few), path, naming=_naming(), left_out=Counter())
    (small / "coco" / "images").mkdir()
    for item in few:
        # Datumaro lists the pictures of a YOLO folder by looking for them.
        path = small / "yolo" / "images" / str(item.media)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_picture())
    truth = {Path(str(item.media)).stem: list(map(list, item.value.boxes)) for item in few}
    (folder / "truth.json").write_text(json.dumps(truth), encoding="utf-8")


def _picture() -> bytes:
    """Return a bitmap of the pictures' size, one bit a pixel."""
    row = WIDE // 8
    head = b"BM" + (62 + row * HIGH).to_bytes(4, "little") + bytes(4) + (62).to_bytes(4, "little")
    sizes = (40).to_bytes(4, "little") + WIDE.to_bytes(4, "little") + HIGH.to_bytes(4, "little")
    return head + sizes + b"\1\0\1\0" + bytes(24) + bytes(4) + b"\xff\xff\xff\0" + bytes(row * HIGH)


def _naming() -> Naming:
    return Naming("boxes", "labeling-job/boxes", "groundtruth/object-detection", schema_of(NAMES))


def _items(images: int) -> Iterator[LabelledItem]:
    dice = random.Random(1)
    for number in range(images):
        boxes = tuple(
            Box(
                NAMES[dice.randrange(len(NAMES))],
                dice.randrange(100 * WIDE - 40_000) / 100,
                dice.randrange(100 * HIGH - 30_000) / 100,
                dice.randrange(100, 40_000) / 100,
                dice.randrange(100, 30_000) / 100,
            )
            for _ in range(EACH)
        )
        media = f"pictures/{number // 1000}/{number:06}.jpg"
        yield LabelledItem(
            media, media, None, {}, Boxes(boxes, (WIDE, HIGH)), 1.0, True, "2026-01-01T00:00:00.000000"
        )


if __name__ == "__main__":
    main()
