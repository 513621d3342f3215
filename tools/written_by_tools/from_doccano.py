# packages: doccano==1.8.4 pandas==2.1.4 numpy==1.26.4 python-dateutil==2.9.0 pytz==2025.2 tzdata==2025.2 six==1.17.0
# without their own packages
"""doccano's own formatters and writers; what its database would hand them is made here, since no server is run."""

import sys
import types
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
from keeping import keep, row

LICENCE = "MIT"
BACKEND = next(Path(one) / "backend" for one in sys.path if (Path(one) / "backend" / "data_export").is_dir())
sys.path.insert(0, str(BACKEND))
# The models are Django's; of these the formatters take one name.
models = types.ModuleType("data_export.models")
models.DATA = "data"
sys.modules["data_export.models"] = models

from data_export.pipeline import formatters, writers  # noqa: E402

TEXTS = ["Zoë met Ann Lee.", "🚀 Rolf runs", "nothing here"]
SPANS = [[[0, 3, "PER"], [8, 15, "PER"]], [[2, 6, "PER"]], []]
Path("out").mkdir()


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


def export(name, columns, steps, *, data, writer):
    """Go through doccano's steps for one kind of project, as its `create_formatter` lists them."""
    table = pd.DataFrame(
        {"id": range(1, len(data) + 1), "data": data, **columns, "Comments": [[] for _ in data]}
    )
    for step in steps:
        table = step.format(table)
    path = f"out/{name}.{writer.extension}"
    writer.write(path, table)
    return path


def categories(*names):
    return [SimpleNamespace(to_string=lambda name=name: name) for name in names]


def spans(said):
    return [
        SimpleNamespace(
            to_tuple=lambda one=one: tuple(one),
            to_dict=lambda n=n, one=one: {
                "id": n,
                "label": one[2],
                "start_offset": one[0],
                "end_offset": one[1],
            },
        )
        for n, one in enumerate(said, start=1)
    ]


def comments(kind):
    return kind("Comments")


listed, joined = formatters.ListedCategoryFormatter, formatters.JoinedCategoryFormatter
tuples, objects, renamed = (
    formatters.TupledSpanFormatter,
    formatters.DictFormatter,
    formatters.RenameFormatter,
)
lines, table, records = writers.JsonlWriter, writers.CsvWriter, writers.JsonWriter
CHOSEN = [["good"], ["bad", "good"], []]
chosen = [categories(*names) for names in CHOSEN]
marked = [spans(one) for one in SPANS]


def rows(values):
    return [
        row(str(n), value, text=text)
        for n, (text, value) in enumerate(zip(TEXTS, values, strict=True), start=1)
    ]


SPAN_ROWS = rows([{"spans": one} for one in SPANS])
steps = [listed("categories"), comments(listed), renamed(data="text", categories="label")]
kept(
    export("choices", {"categories": list(chosen)}, steps, data=TEXTS, writer=lines),
    "choices.jsonl",
    "3 texts with one, two and no choices",
    labels=["good", "bad"],
    rows=rows(CHOSEN),
)
kept(
    export("choices", {"categories": list(chosen)}, steps, data=TEXTS, writer=records),
    "choices.json",
    "refused: a list of plain records is no list of tasks",
    note="was refused with a sentence that did not say what to do",
    refused="plain records are read as JSON Lines",
)
steps = [joined("categories"), comments(joined), renamed(data="text", categories="label")]
kept(
    export("choices", {"categories": list(chosen)}, steps, data=TEXTS, writer=table),
    "choices.csv",
    "1 choice; the text with two is a bad row, since they are joined by # in one cell, and so is the one with none",
    note="the text with two came with one choice, bad#good",
    labels=["good"],
    rows=rows(["good", None, None])[:1],
    bad=[[3, "'bad#good' may be several labels"], [4, "there is nothing in 'label'"]],
)
steps = [tuples("entities"), comments(listed), renamed(data="text", entities="label")]
kept(
    export("spans", {"entities": list(marked)}, steps, data=TEXTS, writer=lines),
    "spans.jsonl",
    "3 texts with lists of start, end and name; places in code points",
    labels=["PER"],
    rows=SPAN_ROWS,
)
relation = SimpleNamespace(to_dict=lambda: {"id": 1, "from_id": 1, "to_id": 2, "type": "met"})
steps = [objects("entities"), objects("relations"), comments(objects), renamed(data="text")]
found = {"entities": list(marked), "relations": [[relation], [], []]}
kept(
    export("relations", found, steps, data=TEXTS, writer=lines),
    "relations.jsonl",
    "the spans; relations are a column beside",
    labels=["PER"],
    rows=SPAN_ROWS,
)
steps = [listed("categories"), tuples("entities"), comments(listed), renamed(data="text", categories="cats")]
for attribute, values, names in (("cats", CHOSEN, ["good", "bad"]), ("entities", None, ["PER"])):
    kept(
        export(
            attribute, {"categories": list(chosen), "entities": list(marked)}, steps, data=TEXTS, writer=lines
        ),
        f"intents_{attribute}.jsonl",
        "of the choices and the spans of a text those that are named",
        attribute=attribute,
        labels=names,
        rows=SPAN_ROWS if values is None else rows(values),
    )
box = {"uuid": "0b8f", "x": 4.0, "y": 6.0, "width": 16.0, "height": 12.0, "label": "nut"}
boxed = [[SimpleNamespace(to_dict=lambda: box)], []]
steps = [objects("labels"), comments(objects), renamed(data="filename", labels="bbox")]
kept(
    export("boxes", {"labels": boxed}, steps, data=["a.png", "b.png"], writer=lines),
    "boxes.jsonl",
    "2 pictures by their ids, one with a box, in pixels; sizes are not known",
    note="was refused: bbox was no name of labels",
    labels=["nut"],
    rows=[
        row("1", {"boxes": [["nut", 4, 6, 16, 12]]}, media="a.png"),
        row("2", {"boxes": []}, media="b.png"),
    ],
)
steps = [listed("categories"), comments(listed), renamed(data="filename", categories="label")]
kept(
    export("pictures", {"categories": list(chosen)}, steps, data=["a.png", "b.png", "c.png"], writer=lines),
    "pictures.jsonl",
    "3 pictures by their ids, with one, two and no choices",
    labels=["good", "bad"],
    rows=[row(str(n), names, media=f"{'abc'[n - 1]}.png") for n, names in enumerate(CHOSEN, start=1)],
)
