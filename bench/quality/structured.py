"""What structured answers are worth, on recorded sets: boxes, masks, transcriptions, numbers.

    python -m bench.quality.structured [--scale 0.1]

**Boxes and masks** (lidc_polygons: outlines of lung nodules) have no truth. Of every nodule that all four readers
outlined each reader is left out once; the other three are consolidated and held against the one left out, and
the mean is taken over all of these. Readers are anonymous: r0 is another person from nodule to nodule, so each
answer is given by somebody who answered nothing else. A mask is an outline's pixels, those on it included; its box
holds exactly these. The yardsticks are one reader alone, the median of each edge, and two of three.

**Transcriptions** (crowdspeech_dev_other): words are compared without case and punctuation; the error rate is all
errors over all words of the truth. Unnamed workers count as different people. The peer is crowd-kit's ROVER on the same words.

**Numbers** (emotion_numeric): the root of the mean squared error on items that were no control items, over 20
draws of 60.
"""

import csv
import gzip
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from bench.measuring import Finding, options, report
from bench.quality import crowd_kit
from bench.quality.crowd_sets import folder

from assay.core.consolidation.methods.word_errors import edits, words
from assay.core.consolidation.values.masks import Outline, consolidate_outlines, mask_loss
from assay.core.consolidation.values.numbers import consolidate_numbers
from assay.core.consolidation.values.texts import consolidate_texts
from assay.core.geometry.outline_pixels import Bits, Frame, filled, frame_of, outline_of
from assay.core.geometry.shape_overlap import box_iou
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Box, Boxes, schema_of
from assay.core.ports.answers import AnswerTable, Floats
from assay.tasktypes import TASK_TYPES

DRAWS, CONTROLS, READERS = 20, 60, 4
NODULE = schema_of(["nodule"])


def main() -> None:
    given = options(__doc__)
    place = folder()
    if place is None:
        print("the recorded sets are not here: nothing is measured")
        return
    report(
        given,
        [
            *outlines(place / "lidc_polygons", scale=given.scale),
            *transcriptions(place / "crowdspeech_dev_other", scale=given.scale),
            numbers(place / "emotion_numeric", draws=max(2, round(DRAWS * given.scale))),
        ],
    )


# --- boxes and masks -----------------------------------------------------------------------------


def outlines(place: Path, *, scale: float) -> list[Finding]:
    found: dict[str, list[Floats]] = defaultdict(list)
    for row in rows(place / "answers.csv.gz"):
        found[row["item"]].append(np.array(json.loads(row["label"])["polygon"], dtype=np.float64))
    complete = [several for several in found.values() if len(several) == READERS]
    nodules = [masks(several) for several in complete[: max(10, round(scale * len(complete)))]]
    boxes = np.array([[bounds(mask, frame) for mask in several] for several, frame in nodules])
    alone, medians, ours = [], [], []
    dice: dict[str, list[float]] = defaultdict(list)
    for left_out in range(READERS):
        others, true = np.delete(boxes, left_out, axis=1), boxes[:, left_out]
        alone.append(box_iou(others, true[:, None]).mean(axis=1))
        corners = np.concatenate([others[..., :2], others[..., :2] + others[..., 2:]], axis=2)
        middle = np.median(corners, axis=1)
        medians.append(box_iou(np.concatenate([middle[:, :2], middle[:, 2:] - middle[:, :2]], axis=1), true))
        ours.append(box_iou(our_boxes(others), true))
        for kind, values in dices(nodules, left_out=left_out).items():
            dice[kind] += values
    box, mask = float(np.mean(ours)), float(np.mean(dice["ours"]))
    return [
        Finding(
            f"Boxes of {len(nodules)} nodules, three readers against the fourth: mean IoU",
            ">= 0.835",
            f"{box:.3f} (one reader {np.mean(alone):.3f}, median of each edge {np.mean(medians):.3f})",
            box >= 0.835,
        ),
        Finding(
            f"Masks of {len(nodules)} nodules, three readers against the fourth: mean Dice",
            ">= 0.895",
            f"{mask:.3f} (one reader {np.mean(dice['alone']):.3f}, two of three {np.mean(dice['two']):.3f})",
            mask >= 0.895,
        ),
    ]


def masks(several: list[Floats]) -> tuple[Bits, Frame]:
    """Return the readers' masks in one frame; the outline's points are the pixels on it."""
    frame = frame_of([one + 0.5 for one in several], margin=3)
    found = np.stack([filled(one + 0.5, frame) for one in several])
    for mask, one in zip(found, several, strict=True):
        x, y = one.astype(np.int64).T
        mask[y - frame.top, x - frame.left] = True
    return found, frame


def bounds(mask: Bits, frame: Frame) -> tuple[float, ...]:
    y, x = np.nonzero(mask)
    left, top = x.min() + frame.left, y.min() + frame.top
    return left, top, x.max() + 1 + frame.left - left, y.max() + 1 + frame.top - top


def our_boxes(others: Floats) -> Floats:
    """Return the consolidated box of each nodule as the task type `image_boxes` makes it, zeros for none."""
    values = [write_label(Boxes((Box("nodule", *box),))) for nodule in others.tolist() for box in nodule]
    many = len(values)
    table = AnswerTable(
        np.repeat(np.arange(len(others)), others.shape[1]), np.arange(many), values, len(others), many
    )
    model = TASK_TYPES.get("image_boxes").fit(table, schema=NODULE, known=[None] * len(others))
    found = np.zeros((len(others), 4))
    for item, text in enumerate(model.consensus(table).value):
        value = read_label(text, Boxes, schema=NODULE)
        if isinstance(value, Boxes) and value.boxes:
            found[item] = value.boxes[0][1:]
    return found


def dices(nodules: list[tuple[Bits, Frame]], *, left_out: int) -> dict[str, list[float]]:
    answers, items = [], []
    found: dict[str, list[float]] = {"ours": [], "alone": [], "two": []}
    for item, (several, frame) in enumerate(nodules):
        others = np.delete(several, left_out, axis=0)
        true = several[left_out]
        found["alone"].append(float(np.mean([1.0 - mask_loss(one, true) for one in others])))
        found["two"].append(1.0 - mask_loss(others.sum(axis=0) >= 2, true))
        answers += [[Outline(0, outline_of(one, frame))] for one in others]
        items += [item] * len(others)
    many = len(items)
    table = AnswerTable(np.array(items), np.arange(many), [""] * many, len(nodules), many)
    chosen: dict[int, Bits] = {}
    for shape in consolidate_outlines(table, answers)[0]:
        several, frame = nodules[shape.item]
        whole = chosen.setdefault(shape.item, np.zeros_like(several[0]))
        if shape.chosen:
            y, x = np.nonzero(shape.inside)
            whole[y + shape.frame.top - frame.top, x + shape.frame.left - frame.left] = True
    found["ours"] = [1.0 - mask_loss(mask, nodules[item][0][left_out]) for item, mask in chosen.items()]
    return found


# --- transcriptions ------------------------------------------------------------------------------


def transcriptions(place: Path, *, scale: float) -> list[Finding]:
    truth = {row["item"]: words(row["label"]) for row in rows(place / "truth.csv")}
    keys = list(truth)[: max(20, round(scale * len(truth)))]
    table = answers_of([row for row in rows(place / "answers.csv.gz") if row["item"] in set(keys)], keys=keys)
    true = [truth[key] for key in keys]
    start = time.process_time()
    ours = consolidate_texts(table).consensus
    seconds = time.process_time() - start
    said = [words(text) for text in table.value]
    of_item: list[list[list[str]]] = [[] for _ in keys]
    for item, answer in zip(table.item.tolist(), said, strict=True):
        of_item[item].append(answer)
    near = [min(several, key=lambda one: sum(edits(one, other) for other in several)) for several in of_item]
    best = [min(several, key=lambda one: edits(one, true[item])) for item, several in enumerate(of_item)]
    peer = crowd_kit.rover(table, [" ".join(answer) for answer in said])
    rate = error_rate([words(text) for text in ours.value], true)
    rover = "did not run" if peer is None else f"{error_rate([text.split() for text in peer], true):.1f}"
    return [
        Finding(
            f"Transcriptions of {len(keys):,} clips, {len(said) / len(keys):.0f} people each: word error rate",
            "<= 9.5 %",
            f"{rate:.1f} % (medoid {error_rate(near, true):.1f}, crowd-kit's ROVER {rover},"
            f" best of all by oracle {error_rate(best, true):.1f}; aim 8.5)",
            rate <= 9.5,
        ),
        Finding(
            f"Time to consolidate {len(keys):,} transcriptions",
            "<= 10 s",
            f"{seconds:.1f} s",
            seconds <= 10.0,
        ),
    ]


def error_rate(found: list[list[str]], true: list[list[str]]) -> float:
    """Return errors per 100 words of the truth."""
    errors = sum(edits(a, b) for a, b in zip(found, true, strict=True))
    return 100.0 * errors / sum(map(len, true))


# --- numbers -------------------------------------------------------------------------------------


def numbers(place: Path, *, draws: int) -> Finding:
    truth = {row["item"]: row["label"] for row in rows(place / "truth.csv")}
    keys = list(truth)
    table, true = (
        answers_of(rows(place / "answers.csv"), keys=keys),
        np.array([float(truth[k]) for k in keys]),
    )
    said = np.array([float(text) for text in table.value])
    medians = np.array([np.median(said[table.item == item]) for item in range(len(keys))])
    means = np.array([np.mean(said[table.item == item]) for item in range(len(keys))])
    found = []
    for seed in range(1, draws + 1):
        controls = np.zeros(len(keys), dtype=np.bool_)
        controls[np.random.default_rng(seed).choice(len(keys), CONTROLS, replace=False)] = True
        known = [truth[key] if drawn else None for key, drawn in zip(keys, controls.tolist(), strict=True)]
        value = np.array([float(text) for text in consolidate_numbers(table, known=known).consensus.value])
        left = ~controls
        found.append([np.sqrt(np.mean((one - true)[left] ** 2)) for one in (value, means, medians)])
    ours, mean, median = np.mean(found, axis=0)
    return Finding(
        f"Numbers of {len(keys)} items, {draws} draws of {CONTROLS} control items: RMSE",
        "no worse than the better of mean and median",
        f"{ours:.2f} (mean {mean:.2f}, median {median:.2f})",
        bool(ours <= min(mean, median) + 0.005),
    )


def answers_of(found: list[dict[str, str]], *, keys: list[str]) -> AnswerTable:
    items, people = {key: item for item, key in enumerate(keys)}, {}
    for place, row in enumerate(found):
        people.setdefault(row["worker"] or f"unnamed {place}", len(people))
    return AnswerTable(
        np.array([items[row["item"]] for row in found]),
        np.array([people[row["worker"] or f"unnamed {place}"] for place, row in enumerate(found)]),
        [row["label"] for row in found],
        len(keys),
        len(people),
    )


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        return list(csv.DictReader(lines))


if __name__ == "__main__":
    main()
