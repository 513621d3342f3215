"""Have other people's tools write files, and keep these as what the readers of formats are tested on.

    python -m tools.written_by_tools label_studio_sdk

One script per tool lies beside. Its first lines name the packages, pinned; they are installed into a folder that goes
away again, and the script runs there, without Assay. It makes its own input, states for each file what Assay should
read from it, and keeps the file with that statement below `tests/formats/written_by_tools`.
"""
