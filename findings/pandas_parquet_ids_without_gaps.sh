#!/usr/bin/env bash
# Ids that are the index of a pandas table are a column of its Parquet file only where they have a gap.
#
# Version: pandas 3.1.1, pyarrow 26.0.1, read with polars 2.1.0.
# Input: three labelled rows with the ids 7, 8, 9, and with 7, 9, 12; set_index("id").to_parquet(...).
# Behaviour: set_index makes a RangeIndex of numbers that count on, and to_parquet keeps such an index as a note for
# pandas alone. Every other reader gets the labels without ids, and no error; with a gap in the ids the same code writes
# them. index=True writes them always.
# Output seen: columns of the file read by polars: ["label"] for 7, 8, 9, and ["label", "id"] for 7, 9, 12.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pandas==3.1.1 pyarrow==26.0.1 polars==2.1.0
venv/bin/python - <<'PY'
import pandas as pd
import polars as pl

seen = {}
for name, ids in (("whole", [7, 8, 9]), ("gap", [7, 9, 12])):
    table = pd.DataFrame({"id": ids, "label": ["good", "bad", "good"]}).set_index("id")
    table.to_parquet(f"{name}.parquet")
    table.to_parquet(f"{name}_index.parquet", index=True)
    seen[name] = pl.read_parquet(f"{name}.parquet").columns
    seen[f"{name}, index=True"] = pl.read_parquet(f"{name}_index.parquet").columns
print(seen)
assert seen["whole"] == ["label"]
assert seen["gap"] == seen["gap, index=True"] == seen["whole, index=True"] == ["label", "id"]
PY
