# packages: datasets==5.2.0 pillow==13.0.0 pyarrow==26.0.1
"""Hugging Face's datasets: Parquet, CSV and JSON Lines with classes, tags, lists and pictures."""

from pathlib import Path

from datasets import ClassLabel, Dataset, Features, Image, List, Value
from datasets.table import embed_table_storage
from keeping import keep, row
from made import BOXES, NAMES, SIZES, pictures

LICENCE = "Apache-2.0"
TEXTS = ["fine", "broken", "unseen"]
pictures("pictures")
out = Path("out")
out.mkdir()


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


tone = ClassLabel(names=["good", "bad"])
columns = Features({"text": Value("string"), "label": tone})
single = Dataset.from_dict({"text": TEXTS, "label": [0, 1, -1]}, features=columns)
single.to_parquet(out / "single.parquet")
kept(
    out / "single.parquet",
    "single.parquet",
    "2 texts by the names of their classes; the one without a class, -1, is a bad row",
    labels=["good", "bad"],
    rows=[row("1", "good", text="fine"), row("2", "bad", text="broken")],
    bad=[[3, "there is no label"]],
)
single.to_csv(out / "single.csv")
kept(
    out / "single.csv",
    "single.csv",
    "3 texts with numbers for labels, -1 too, since the exporter drops the names",
    labels=["0", "1", "-1"],
    rows=[row("2", "0", text="fine"), row("3", "1", text="broken"), row("4", "-1", text="unseen")],
)
single.to_json(out / "single.json", lines=False)
kept(
    out / "single.json",
    "single.json",
    "refused: a list of plain records is no list of tasks",
    note="was refused with a sentence that did not say what to do",
    refused="plain records are read as JSON Lines",
)
columns = Features({"id": Value("int64"), "text": Value("string"), "labels": List(tone)})
several = Dataset.from_dict({"id": [7, 8, 9], "text": TEXTS, "labels": [[0], [1, 0], []]}, features=columns)
several.to_parquet(out / "several.parquet")
kept(
    out / "several.parquet",
    "several.parquet",
    "3 texts with one, two and no choices",
    labels=["good", "bad"],
    rows=[
        row("7", ["good"], text="fine"),
        row("8", ["bad", "good"], text="broken"),
        row("9", [], text="unseen"),
    ],
)
several.to_csv(out / "several.csv", index=True)
kept(
    out / "several.csv",
    "several.csv",
    "refused: lists of class numbers, as NumPy writes them",
    note="one text came with a label called [1 0], the two others were bad rows",
    refused="'labels' holds lists of numbers",
)
several.to_json(out / "several.jsonl")
kept(
    out / "several.jsonl",
    "several.jsonl",
    "refused: lists of class numbers",
    note="the text without labels came alone, the two others were bad rows",
    refused="'labels' holds lists of numbers",
)
tags = ClassLabel(names=["O", "B-PER", "I-PER"])
columns = Features({"id": Value("string"), "tokens": List(Value("string")), "ner_tags": List(tags)})
tokens = Dataset.from_dict(
    {"id": ["0"], "tokens": [["Ann", "Lee", "ran"]], "ner_tags": [[1, 2, 0]]}, features=columns
)
tokens.to_parquet(out / "tokens.parquet")
kept(
    out / "tokens.parquet",
    "tokens.parquet",
    "refused: tags of tokens",
    refused="none of its columns looks like labels (id, tokens, ner_tags)",
)
names = [f"pictures/{name}" for name in SIZES]
columns = Features({"image": Image(), "label": ClassLabel(names=NAMES)})
seen = Dataset.from_dict({"image": names, "label": [0, 1, 1]}, features=columns)
seen.to_parquet(out / "pictures.parquet")
kept(
    out / "pictures.parquet",
    "pictures.parquet",
    "3 pictures by their paths, which stand in an object with the bytes",
    note="was refused: 'image' is not text",
    labels=NAMES,
    rows=[row(name, label, media=name) for name, label in zip(names, ("nut", "bolt", "bolt"), strict=True)],
)
# What push_to_hub does before it uploads.
held = seen.with_format("arrow").map(embed_table_storage, batched=True).with_format(None)
held.to_parquet(out / "embedded.parquet")
kept(
    out / "embedded.parquet",
    "embedded.parquet",
    "as before, by the bare names of the files, whose bytes are in the file and not read",
    labels=NAMES,
    rows=[row(name, label, media=name) for name, label in zip(SIZES, ("nut", "bolt", "bolt"), strict=True)],
)
places = {"bbox": List(List(Value("float32"), length=4)), "category": List(ClassLabel(names=NAMES))}
columns = Features({"image": Image(), "width": Value("int32"), "height": Value("int32"), "objects": places})
objects = [
    {"bbox": [place for _, *place in boxes], "category": [NAMES.index(label) for label, *_ in boxes]}
    for boxes in BOXES.values()
]
widths, heights = zip(*SIZES.values(), strict=True)
told = {"image": names, "width": widths, "height": heights, "objects": objects}
Dataset.from_dict(told, features=columns).to_parquet(out / "objects.parquet")
kept(
    out / "objects.parquet",
    "objects.parquet",
    "refused: boxes as columns of lists within one object",
    refused="'objects' holds no labels",
)
