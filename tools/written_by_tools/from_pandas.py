# packages: pandas==3.1.1 polars==2.1.0 pyarrow==26.0.1
"""pandas, polars and pyarrow: the tables that people write labels with."""

from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from keeping import keep, row

LICENCE = "BSD-3-Clause, MIT, Apache-2.0"
TEXTS = ["fine", "so so", "well"]
LISTS = [["good"], ["bad", "good"], []]
out = Path("out")
out.mkdir()


def kept(found, into, expected, **more):
    keep(found, into=into, licence=LICENCE, expected=expected, **more)


def rows(ids, labels, *, texts=TEXTS):
    return [row(str(key), label, text=text) for key, label, text in zip(ids, labels, texts, strict=False)]


# --- pandas ------------------------------------------------------------------------------------------
single = pd.DataFrame({"text": TEXTS, "label": pd.Categorical(["good", "bad", None])})
single.to_csv(out / "index.csv")
kept(
    out / "index.csv",
    "index.csv",
    "2 single choices by the index, which has no name and counts; no label is a bad row",
    labels=["good", "bad"],
    rows=rows((0, 1), ("good", "bad")),
    bad=[[4, "there is nothing in 'label'"]],
)
single.to_parquet(out / "categorical.parquet")
kept(
    out / "categorical.parquet",
    "categorical.parquet",
    "2 single choices; no label is a bad row",
    labels=["good", "bad"],
    rows=rows((1, 2), ("good", "bad")),
    bad=[[3, "there is no label"]],
)
lists = pd.DataFrame({"id": [7, 8, 9], "text": TEXTS, "labels": LISTS})
lists.to_csv(out / "lists.tsv.gz", index=False, sep="\t")
kept(
    out / "lists.tsv.gz",
    "lists.tsv.gz",
    "3 texts with one, two and no choices, lists as Python writes them",
    labels=["good", "bad"],
    rows=rows((7, 8, 9), LISTS),
)
lists.to_json(out / "lists.jsonl", orient="records", lines=True)
kept(
    out / "lists.jsonl",
    "lists.jsonl",
    "3 texts with one, two and no choices",
    labels=["good", "bad"],
    rows=rows((7, 8, 9), LISTS),
)
lists.set_index("id").to_parquet(out / "index.parquet")
kept(
    out / "index.parquet",
    "index.parquet",
    "3 texts by their ids, which are the index and a column at the end",
    note="ids that count on without a gap are no column: pandas only describes them, and they were the rows' numbers",
    labels=["good", "bad"],
    rows=rows((7, 8, 9), LISTS),
)
lists.assign(id=[7, 9, 12]).set_index("id").to_parquet(out / "index_with_gaps.parquet")
kept(
    out / "index_with_gaps.parquet",
    "index_with_gaps.parquet",
    "3 texts by their ids, which are the index and a column at the end",
    labels=["good", "bad"],
    rows=rows((7, 9, 12), LISTS),
)
lists.assign(labels=[np.array(one, dtype=str) for one in LISTS]).to_csv(out / "arrays.csv", index=False)
kept(
    out / "arrays.csv",
    "arrays.csv",
    "3 texts; an array of two names, as NumPy writes it, is a bad row",
    labels=["good"],
    rows=rows((7, 9), ([*LISTS[0]], []), texts=("fine", "well")),
    bad=[[3, "it is no sound JSON, nor a list as Python writes it"]],
)
whole = {
    "id": pd.array([7, 8, None], dtype="Int64"),
    "text": TEXTS,
    "label": pd.array([True, None, False], dtype="boolean"),
}
pd.DataFrame(whole).to_parquet(out / "nullable.parquet")
kept(
    out / "nullable.parquet",
    "nullable.parquet",
    "1 single choice, true; a row without a label and one without an id are bad rows",
    labels=["true", "false"],
    rows=rows((7,), ("true",)),
    bad=[[2, "there is no label"], [3, "there is nothing in 'id'"]],
)
floats = pd.DataFrame({"id": [7.0, 8.0, 9.0], "text": TEXTS, "label": [1.0, 0.0, np.nan]})
floats.to_parquet(out / "floats.parquet")
kept(
    out / "floats.parquet",
    "floats.parquet",
    "2 single choices, 1 and 0, by whole ids; NaN is no label",
    labels=["1", "0"],
    rows=rows((7, 8), ("1", "0")),
    bad=[[3, "there is no label"]],
)
boxes = {"filename": ["a.png", "a.png"], "width": 64, "height": 48, "class": ["nut", "bolt"]}
edges = {"xmin": [4, 32], "ymin": [6, 24], "xmax": [20, 40], "ymax": [18, 30]}
pd.DataFrame(boxes | edges).to_csv(out / "rows_of_boxes.csv", index=False)
kept(
    out / "rows_of_boxes.csv",
    "rows_of_boxes.csv",
    "refused: a picture has as many rows as boxes",
    note="came as single choices: the class of the first box was the label of its picture, the other a repeated id",
    refused="its rows are boxes (xmin, ymin, xmax, ymax)",
)
# --- polars, pyarrow ---------------------------------------------------------------------------------
frame = pl.DataFrame({"id": ["a", "b", "c"], "text": TEXTS, "labels": LISTS})
frame.write_parquet(out / "polars.parquet")
frame.write_ndjson(out / "polars.ndjson")
for name in ("polars.parquet", "polars.ndjson"):
    kept(
        out / name,
        name,
        "3 texts with one, two and no choices",
        labels=["good", "bad"],
        rows=rows("abc", LISTS),
    )
tones = pl.Series(["good", "bad", None], dtype=pl.Enum(["good", "bad"]))
pl.DataFrame({"text": TEXTS, "label": tones}).write_csv(out / "polars.csv", separator=";", include_bom=True)
kept(
    out / "polars.csv",
    "polars.csv",
    "2 single choices behind a byte order mark, parted by semicolons",
    labels=["good", "bad"],
    rows=rows((2, 3), ("good", "bad")),
    bad=[[4, "there is nothing in 'label'"]],
)
spans = {"id": ["a", "b"], "text": ["Ann ran", "no"], "spans": [[{"start": 0, "end": 3, "label": "PER"}], []]}
pl.DataFrame(spans).write_parquet(out / "spans.parquet")
kept(
    out / "spans.parquet",
    "polars_spans.parquet",
    "2 texts, one with a span, in lists of structures",
    labels=["PER"],
    rows=rows("ab", ({"spans": [[0, 3, "PER"]]}, {"spans": []}), texts=("Ann ran", "no")),
)
table = pa.table({"text": TEXTS, "label": pa.array(["good", "bad", "good"]).dictionary_encode()})
pq.write_table(table, out / "dictionary.parquet")
kept(
    out / "dictionary.parquet",
    "pyarrow_dictionary.parquet",
    "3 single choices out of a dictionary",
    labels=["good", "bad"],
    rows=rows((1, 2, 3), ("good", "bad", "good")),
)
