"""Consolidation of choices, boxes and spans, each beside a peer in the same run.

    python -m bench.consolidation [--scale 0.1]

Ours is the task type's `fit` and `consensus`, from answers as text to labels as text.

- Choices, 1 M items x 5 answers, ten labels, 200 people, 60 known items: the peer is a plain NumPy Dawid-Skene EM that starts from numbers and runs as
  many steps over `bincount`s, without priors, pooling or a consensus at the end.
- Boxes, 100 k images x 3 people x 8 boxes: the peer is weighted boxes fusion of the package ensemble-boxes, in
  an environment of its own, on a hundredth of the images, from numbers.
- Spans, 100 k texts x 3 people x 4 spans: no library has a peer (crowd-kit has none for spans); it is a majority
  vote per token in NumPy, from numbers.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from bench.measuring import Finding, Measured, apart, measure, options, report

from assay.core.consolidation.methods.dawid_skene import DEFAULTS
from assay.core.labels.label_values import Box, Boxes, LabelClass, LabelSchema, Span, Spans, schema_of
from assay.core.labels.loss_rules import Frame
from assay.core.ports.answers import AnswerTable, Consolidator
from assay.tasktypes import TASK_TYPES

ITEMS, EACH, PEOPLE, KNOWN, UPDATES = 1_000_000, 5, 200, 60, 2_000
NAMES = ("ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen", "ibis", "jay")
MOST, MOST_MEMORY, MOST_UPDATE = 1.5, 1.2, 50.0

IMAGES, TEXTS, THREE = 100_000, 100_000, 3
OBJECTS, SPANS, TOKENS = 8, 4, 60
SLOWEST = 0.1
"""Our own aim for spans: a tenth of the speed of counting votes that are numbers already and belong to nobody."""

PEER = """
import json, sys, time
import numpy as np
from ensemble_boxes import weighted_boxes_fusion
data = np.load(sys.argv[1])
corners, label = data["corners"].tolist(), data["label"].tolist()
start, size = time.process_time(), 0
for boxes, labels in zip(corners, label):
    scores = [[1.0] * len(one) for one in labels]
    found, score, _ = weighted_boxes_fusion(boxes, scores, labels, iou_thr=0.5, skip_box_thr=0.0)
    size += int((score > 0.5).sum())
print(json.dumps({"seconds": time.process_time() - start, "boxes": size}))
"""


def main() -> None:
    given = options(__doc__)
    items = int(ITEMS * given.scale)
    ours: Measured = apart(fit_and_consensus, items)
    raw: Measured = apart(plain_em, items)
    ratio, (right, update) = ours.cpu / raw.cpu, ours.result
    images, texts = int(IMAGES * given.scale), int(TEXTS * given.scale)
    boxes: Measured = apart(fit_boxes, images)
    peer = weighted_boxes(max(images // 100, 200))
    spans: Measured = apart(fit_spans, texts)
    tokens: Measured = apart(token_majority, texts)
    report(
        given,
        [
            Finding(
                f"Consolidation of {items:,} items x {EACH} answers against plain NumPy EM",
                f"<= {MOST}x",
                f"{ratio:.2f}x ({ours.cpu:.1f} s against {raw.cpu:.1f} s; right {right:.4f} against {raw.result:.4f})",
                ratio <= MOST,
            ),
            Finding(
                f"Consolidation of {items:,} items x {EACH} answers, growth of memory against plain NumPy EM",
                f"<= {MOST_MEMORY}x",
                f"{ours.growth / raw.growth:.2f}x (+ {ours.growth:.0f} MiB against + {raw.growth:.0f} MiB)",
                ours.growth <= MOST_MEMORY * raw.growth,
            ),
            Finding(
                f"One more answer to an item, in a chunk of {UPDATES:,} such items",
                f"<= {MOST_UPDATE:.0f} us",
                f"{update:.1f} us CPU",
                update <= MOST_UPDATE,
            ),
            Finding(
                f"Consolidation of {images:,} images x {THREE} people x {OBJECTS} boxes against ensemble-boxes",
                ">= 1x",
                f"{images / boxes.cpu / peer:.1f}x ({images / boxes.cpu:,.0f} images a second and +"
                f" {boxes.growth:.0f} MiB against {peer:,.0f}; mean 1 - loss {boxes.result[0]:.3f},"
                f" one person {boxes.result[1]:.3f})",
                images / boxes.cpu >= peer,
            ),
            Finding(
                f"Consolidation of {texts:,} texts x {THREE} people x {SPANS} spans against a NumPy token majority",
                f">= {SLOWEST}x",
                f"{tokens.cpu / spans.cpu:.2f}x ({texts / spans.cpu:,.0f} texts a second and +"
                f" {spans.growth:.0f} MiB against {texts / tokens.cpu:,.0f}; F1 {spans.result[0]:.3f} against"
                f" {tokens.result:.3f}, one person {spans.result[1]:.3f})",
                tokens.cpu / spans.cpu >= SLOWEST,
            ),
        ],
    )


def fit_and_consensus(items: int) -> Measured:
    item, person, label, truth = _crowd(items)
    names = np.array(NAMES, dtype=object)
    table = AnswerTable(item, person, names[label].tolist(), items, PEOPLE)
    task, schema = TASK_TYPES.get("classification"), LabelSchema(tuple(LabelClass(name) for name in NAMES))
    known: list[str | None] = [NAMES[label] for label in truth[:KNOWN].tolist()]
    known += [None] * (items - len(known))

    def work() -> tuple[Consolidator, list[str]]:
        model = task.fit(table, schema=schema, known=known)
        return model, list(model.consensus(table, known=known).value)

    found = measure(work)
    model, labels = found.result
    right = float(np.mean(np.array(labels, dtype=object) == names[truth]))
    return Measured(found.cpu, found.wall, found.growth, (right, _update(model, table)))


def _update(model: Consolidator, table: AnswerTable) -> float:
    """Return the CPU microseconds of an item that got one more answer, in a worker's chunk of them."""
    rows = table.item < UPDATES
    item, person = table.item[rows], table.person[rows]
    values = [table.value[row] for row in np.flatnonzero(rows).tolist()]
    chunk = AnswerTable(item, person, values, UPDATES, table.people)
    rounds = [measure(lambda: model.consensus(chunk)).cpu for _ in range(5)]
    return 1e6 * float(np.median(rounds)) / UPDATES


def plain_em(items: int) -> Measured:
    item, person, label, truth = _crowd(items)
    K = len(NAMES)

    def work() -> np.ndarray:
        votes = np.bincount(item * K + label, minlength=items * K).reshape(items, K)
        belief = votes / votes.sum(axis=1, keepdims=True)
        for _ in range(DEFAULTS.iterations):
            theta = np.empty((PEOPLE, K, K))
            for k in range(K):
                counts = np.bincount(person * K + label, weights=belief[item, k], minlength=PEOPLE * K)
                theta[:, k] = counts.reshape(PEOPLE, K)
            theta /= theta.sum(axis=2, keepdims=True) + 1e-9
            logs, shares = np.log(theta + 1e-9), np.log(belief.mean(axis=0))
            for k in range(K):
                belief[:, k] = shares[k] + np.bincount(item, weights=logs[person, k, label], minlength=items)
            belief = np.exp(belief - belief.max(axis=1, keepdims=True))
            belief /= belief.sum(axis=1, keepdims=True)
        return belief.argmax(axis=1)

    found = measure(work)
    return Measured(found.cpu, found.wall, found.growth, float(np.mean(found.result == truth)))


def _crowd(items: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(1)
    truth = dice.integers(len(NAMES), size=items)
    item = np.repeat(np.arange(items), EACH)
    person = dice.integers(PEOPLE, size=items * EACH)
    right = dice.random(items * EACH) < 0.6 + 0.35 * person / PEOPLE
    label = np.where(right, truth[item], dice.integers(len(NAMES), size=items * EACH))
    return item, person, label, truth


def fit_boxes(images: int) -> Measured:
    place, label, kept, true_place, true_label = _drawn_boxes(images)
    task, names = TASK_TYPES.get("image_boxes"), tuple("abcd")

    def text(places: list[list[float]], labels: list[int]) -> str:
        return task.text(Boxes(tuple(Box(names[k], *at) for at, k in zip(places, labels, strict=True))))

    value = [
        text(place[i, p][kept[i, p]].tolist(), label[i, p][kept[i, p]].tolist())
        for i in range(images)
        for p in range(THREE)
    ]
    found = _consolidated(task, value, items=images, names=names)
    truth = [text(true_place[i].tolist(), true_label[i].tolist()) for i in range(min(images, 2000))]
    return _judged(found, task, value, truth, names=names)


def weighted_boxes(images: int) -> float:
    """Return how many images a second of CPU ensemble-boxes fuses, in an environment of its own."""
    place, label, kept, _, _ = _drawn_boxes(images)
    kept[:] = True  # arrays of one shape; the peer does not mind a twentieth more boxes
    corners = np.concatenate([place[..., :2], place[..., :2] + place[..., 2:]], axis=-1) / 1100.0
    uv = [sys.executable, "-m", "uv"]
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        python = folder / "venv" / "bin" / "python"
        subprocess.run([*uv, "venv", "-q", "--python", sys.executable, folder / "venv"], check=True)
        subprocess.run([*uv, "pip", "install", "-q", "--python", python, "ensemble-boxes"], check=True)
        np.savez(folder / "boxes.npz", corners=corners, label=label)
        (folder / "peer.py").write_text(PEER, encoding="utf-8")
        out = subprocess.check_output([python, folder / "peer.py", folder / "boxes.npz"], text=True)
    return images / float(json.loads(out)["seconds"])


def fit_spans(texts: int) -> Measured:
    start, end, label, truth = _drawn_spans(texts)
    task, names = TASK_TYPES.get("text_spans"), tuple("abcd")

    def text(starts: list[int], ends: list[int], labels: list[int]) -> str:
        rows = zip(starts, ends, labels, strict=True)
        return task.text(Spans(tuple(Span(names[k], 5 * a, 5 * b) for a, b, k in rows if a < b)))

    value = [
        text(start[i, p].tolist(), end[i, p].tolist(), label[i, p].tolist())
        for i in range(texts)
        for p in range(THREE)
    ]
    found = _consolidated(task, value, items=texts, names=names)
    true = [text(*(part[i].tolist() for part in truth)) for i in range(min(texts, 2000))]
    return _judged(found, task, value, true, names=names)


def token_majority(texts: int) -> Measured:
    """Measure a vote per token (0 is none), runs of equal labels being spans; the result is F1."""
    start, end, label, (true_start, true_end, true_label) = _drawn_spans(texts)
    tags = np.zeros((texts, THREE, TOKENS), dtype=np.int64)
    token = np.arange(TOKENS)
    for k in range(SPANS):
        inside = (token >= start[..., k, None]) & (token < end[..., k, None])
        tags = np.where(inside, label[..., k, None] + 1, tags)

    def work() -> np.ndarray:
        votes = np.stack([(tags == code).sum(axis=1) for code in range(5)], axis=-1)
        said = np.where(votes.max(axis=-1) >= 2, votes.argmax(axis=-1), 0)
        before = np.pad(said, ((0, 0), (1, 0)))[:, :-1]
        after = np.pad(said, ((0, 0), (0, 1)))[:, 1:]
        text, first = np.nonzero((said > 0) & (said != before))
        _, last = np.nonzero((said > 0) & (said != after))
        return np.stack([text, first, last + 1, said[text, first] - 1], axis=1)

    found = measure(work)
    many = min(texts, 2000)
    spans = set(map(tuple, found.result[found.result[:, 0] < many].tolist()))
    true = {
        (i, int(true_start[i, k]), int(true_end[i, k]), int(true_label[i, k]))
        for i in range(many)
        for k in range(SPANS)
    }
    return Measured(found.cpu, found.wall, found.growth, 2 * len(spans & true) / (len(spans) + len(true)))


def _consolidated(task, value: list[str], *, items: int, names: tuple[str, ...]) -> Measured:
    item, person = np.repeat(np.arange(items), THREE), np.tile(np.arange(THREE), items)
    # A hundred teams of three: as many people as a crowd has, each with many answers.
    table = AnswerTable(item, person + THREE * (item % 100), value, items, 100 * THREE)
    schema, known = schema_of(list(names)), [None] * items
    return measure(lambda: task.fit(table, schema=schema, known=known).consensus(table))


def _judged(found: Measured, task, value: list[str], truth: list[str], *, names: tuple[str, ...]) -> Measured:
    schema = schema_of(list(names))

    def right(said: list[str]) -> float:
        pairs = zip(said, truth, strict=True)
        read = [(task.parse(a, schema=schema), task.parse(b, schema=schema)) for a, b in pairs]
        return float(np.mean([1.0 - task.compare(a, b, frame=Frame(schema)) for a, b in read]))

    together, alone = found.result.value[: len(truth)], value[: THREE * len(truth) : THREE]
    return Measured(found.cpu, found.wall, found.growth, (right(together), right(alone)))


def _drawn_boxes(images: int) -> tuple[np.ndarray, ...]:
    """Edges off by 3 pixels, one box in twenty overlooked, one label in twenty wrong."""
    dice = np.random.default_rng(1)
    true = np.concatenate(
        [dice.uniform(0, 900, (images, OBJECTS, 2)), dice.uniform(30, 150, (images, OBJECTS, 2))], axis=-1
    )
    label = dice.integers(4, size=(images, OBJECTS))
    shape = (images, THREE, OBJECTS)
    place = np.maximum(true[:, None] + dice.normal(0, 3, (*shape, 4)), 1.0)
    said = np.where(dice.random(shape) < 0.05, dice.integers(4, size=shape), label[:, None])
    return place.round(2), said, dice.random(shape) >= 0.05, true.round(2), label


def _drawn_spans(texts: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, tuple[np.ndarray, ...]]:
    """In tokens: an end off by one now and then, one span in twenty overlooked, one label in twenty wrong."""
    dice = np.random.default_rng(1)
    start = np.arange(SPANS) * 15 + dice.integers(0, 8, (texts, SPANS))
    end = start + dice.integers(1, 5, (texts, SPANS))
    label = dice.integers(4, size=(texts, SPANS))
    shape = (texts, THREE, SPANS)
    slip = np.where(dice.random(shape) < 0.1, dice.choice([-1, 1], size=shape), 0)
    kept = dice.random(shape) >= 0.05
    said_end = np.where(kept, end[:, None] + slip, start[:, None])
    said = np.where(dice.random(shape) < 0.05, dice.integers(4, size=shape), label[:, None])
    return np.broadcast_to(start[:, None], shape), said_end, said, (start, end, label)


if __name__ == "__main__":
    main()
