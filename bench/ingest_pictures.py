"""Pictures received, measured and copied for people to see, beside decoding and encoding each of them once.

    python -m bench.ingest_pictures [--scale 0.1]

20 k photographs of 2 megapixels with a camera's metadata, half of them stored on their side. The limit reads each,
decodes it, turns it upright and encodes it as a JPEG of quality 92 in memory, and keeps nothing else. The stage also
looks for duplicates, hashes, writes the copies and the rows. Beside it: the same photographs all upright and all
turned, and a whole simulated project with boxes in small pictures, all turned and all upright, in alternating pairs.
"""

import csv
import io
import time
from hashlib import sha256
from pathlib import Path

import numpy as np
from bench.measuring import Finding, Measured, Place, apart, measure, median, options, place, report
from bench.project import LABELS, whole_project
from bench.project_boxes import write_boxes
from PIL import Image, ImageOps

from assay.service.intake.intake_file import read_intake_file
from assay.service.pipeline.stages import ingest
from assay.service.requests.submit_intake import submit_intake
from assay.service.working_set.load_batch import load_work
from assay.store.projects.batches import batch_by_id

ITEMS, SMALL = 20_000, 1_000
WIDE, HIGH = 1_632, 1_224
ORIGINALS = 20
MOST, TURNED = 1.25, 1.1
PAIRS = 5
ORIENTATION, ON_ITS_SIDE = 0x0112, 6
INTAKE = f"""assay: 1
name: bench
task: image_classification
data: {{path: items.csv, format: csv, id: id, media: file}}
labels: [{", ".join(LABELS)}]
quality: {{right: 0.95, confidence: 0.95}}
redundancy: {{min: 1, max: 3}}
money: {{currency: EUR, budget: 100000000, answer: 4, expert: 20}}
class: internal
workforce: {{kind: people}}
accept: by_hand
deliver: {{to: out/, formats: [augmented_manifest]}}
"""


def main() -> None:
    given = options(__doc__)
    items, small = max(40, int(ITEMS * given.scale)), max(60, int(SMALL * given.scale))
    mixed, upright, turned = (_received(items, share) for share in ("mixed", "upright", "turned"))
    with place() as at:
        limit = apart(limit_of, at, items)
    pairs = [(_project(small, "turned"), _project(small, "upright")) for _ in range(PAIRS)]
    ratio, dearer = mixed.cpu / limit.cpu, turned.cpu / upright.cpu
    whole = median([one / other for one, other in pairs])
    report(
        given,
        [
            Finding(
                f"{items:,} photographs of 2 megapixels received, half of them turned, against decoding and encoding them",
                f"<= {MOST}x",
                f"{ratio:.2f}x ({1000 * mixed.cpu / items:.1f} against {1000 * limit.cpu / items:.1f} ms CPU each;"
                f" all upright {upright.cpu / limit.cpu:.2f}x, all turned {turned.cpu / limit.cpu:.2f}x;"
                f" memory + {mixed.growth:.0f} MiB)",
                ratio <= MOST,
            ),
            Finding(
                f"A simulated project of {small:,} small pictures with boxes, all turned against all upright",
                f"<= {TURNED}x",
                f"{whole:.2f}x (median of {PAIRS} pairs; of receiving photographs alone {dearer:.2f}x, since an upright"
                " one keeps its pixels and is not encoded anew)",
                whole <= TURNED,
            ),
        ],
    )


def _received(items: int, share: str) -> Measured:
    with place() as at:
        found: Measured = apart(through_the_stage, at, items, share)
    assert found.result == items
    return found


def _project(items: int, share: str) -> float:
    with place() as at:
        write = {"turned": write_turned, "upright": write_upright}[share]
        return float(apart(whole_project, at, items, write).work.cpu)


def through_the_stage(at: Place, items: int, share: str) -> Measured:
    """Receive photographs with the ingest stage; return how many became items."""
    installation = at.open()
    folder = at.home / "data"
    write_photographs(folder, items, share)
    (folder / "intake.yaml").write_text(INTAKE)
    _, batch = submit_intake(
        installation.owner("bench", "bench"),
        received=read_intake_file(folder / "intake.yaml"),
        seed=1,
        home=installation.home,
        now=time.time_ns() // 1000,
    )

    def run() -> int:
        for _ in range(2):
            now = time.time_ns() // 1000
            ingest.step(load_work(installation, batch=batch.id, out=at.home, hold=lambda: None, real_now=now))
        return batch_by_id(installation.scope, batch.id).accepted

    return measure(run)


def limit_of(at: Place, items: int) -> Measured:
    """Decode, turn and encode each photograph once."""
    folder = at.home / "data"
    write_photographs(folder, items, "mixed")

    def run() -> int:
        done = 0
        for path in sorted((folder / "photos").iterdir()):
            with Image.open(io.BytesIO(path.read_bytes())) as picture:
                ImageOps.exif_transpose(picture).save(io.BytesIO(), "JPEG", quality=92)
            done += 1
        return done

    return measure(run)


def write_photographs(folder: Path, items: int, share: str) -> None:
    """Write a few photographs many times, each with a comment of its own, so that none is another's duplicate."""
    (folder / "photos").mkdir(parents=True)
    kinds = {"mixed": (1, ON_ITS_SIDE), "upright": (1,), "turned": (ON_ITS_SIDE,)}[share]
    originals = [_photograph(seed, orientation) for seed in range(ORIGINALS) for orientation in kinds]
    with (folder / "items.csv").open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(("id", "file"))
        for number in range(items):
            name = f"photos/{number:06}.jpg"
            content = originals[number % len(originals)]
            said = f"photograph {number} {sha256(str(number).encode()).hexdigest()}".encode()
            comment = b"\xff\xfe" + (len(said) + 2).to_bytes(2, "big") + said
            (folder / name).write_bytes(content[:2] + comment + content[2:])
            rows.writerow((f"item-{number:06}", name))


def _photograph(seed: int, orientation: int) -> bytes:
    """Return a picture with soft shapes and a little noise; about 0.4 bytes a pixel, as from a telephone."""
    dice = np.random.default_rng(seed)
    soft = Image.fromarray(dice.integers(256, size=(17, 23, 3), dtype=np.uint8)).resize((WIDE, HIGH), 3)
    noise = dice.normal(0, 6, size=(HIGH, WIDE, 1))
    picture = Image.fromarray(np.clip(np.asarray(soft) + noise, 0, 255).astype(np.uint8))
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "A maker of cameras"
    out = io.BytesIO()
    if orientation == ON_ITS_SIDE:
        picture = picture.transpose(Image.Transpose.ROTATE_90)
    picture.save(out, "JPEG", quality=90, exif=exif)
    return out.getvalue()


def write_turned(folder: Path, items: int) -> None:
    """Write a project with boxes whose pictures are stored on their side, as people see them upright."""
    _write_small(folder, items, orientation=ON_ITS_SIDE)


def write_upright(folder: Path, items: int) -> None:
    """Write the same project with pictures that are stored upright."""
    _write_small(folder, items, orientation=1)


def _write_small(folder: Path, items: int, *, orientation: int) -> None:
    write_boxes(folder, items)
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    for path in sorted((folder / "photos").iterdir()):
        with Image.open(path) as found:
            picture = found.convert("RGB").resize((200, 100))
        if orientation == ON_ITS_SIDE:
            picture = picture.transpose(Image.Transpose.ROTATE_90)
        picture.save(path, "JPEG", quality=90, exif=exif)


if __name__ == "__main__":
    main()
