"""Run the benchmarks and write bench/RESULTS.md: what, target, measured, met or not, with which command.

    python -m bench.run [--scale 0.1] [--only import_items ...]

With `--only` the other rows stay as they are. The notes below the tables are written by hand and stay.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "RESULTS.md"
NOTES = "## Notes"
CROWD = "## Recorded crowds"
POSTGRES = ("-m", "tests.support.postgres", "run", "--", "python")


@dataclass(frozen=True)
class Benchmark:
    """One script, and whether it speaks to the database, so that it runs on both."""

    name: str
    both: bool = False


BENCHMARKS = (
    Benchmark("import_items", both=True),
    Benchmark("ingest_pictures"),
    Benchmark("export_items", both=True),
    Benchmark("label_loop", both=True),
    Benchmark("large_answers", both=True),
    Benchmark("project"),
    Benchmark("project_boxes"),
    Benchmark("convert"),
    Benchmark("replay_speed"),
    Benchmark("consolidation"),
    Benchmark("quality.certificate"),
    Benchmark("quality.posterior"),
    Benchmark("quality.redundancy"),
    Benchmark("quality.cost"),
    Benchmark("quality.structured"),
    Benchmark("quality.people"),
    Benchmark("quality.reserve"),
    Benchmark("quality.model_in_loop"),
    Benchmark("quality.auto_label"),
    Benchmark("quality.forecast"),
    Benchmark("quality.quotes"),
    Benchmark("quality.label_errors"),
    Benchmark("audit_verify", both=True),
    Benchmark("install_size"),
    Benchmark("service_start", both=True),
    Benchmark("service_loop", both=True),
    Benchmark("service_limits", both=True),
    Benchmark("service_import", both=True),
    Benchmark("service_export", both=True),
    Benchmark("service_page"),
    Benchmark("service_soak", both=True),
    Benchmark("service_bystanders", both=True),
)
CROWD_REPLAY = "crowd_replay"

Row = tuple[str, str, str, str, str]
"""What, target, measured, met, command: the cells of one line."""


def main() -> int:
    given = _options()
    chosen = set(given.only) or {*(one.name for one in BENCHMARKS), CROWD_REPLAY}
    fresh: dict[str, list[Row]] = {}
    failed = []
    for one in BENCHMARKS:
        if one.name not in chosen:
            continue
        for on_postgres in (False, True) if one.both else (False,):
            command = _command(one.name, scale=given.scale, on_postgres=on_postgres)
            shown = " ".join(("python", *command))
            print(f"$ {shown}", flush=True)
            found = _run(command, shown)
            if found is None:
                failed.append(shown)
            else:
                fresh[f"`{shown}`"] = found
    told = _crowd() if CROWD_REPLAY in chosen else ""
    rows, crowd, notes = _read()
    rows = [row for row in rows if row[4] not in fresh] + [row for found in fresh.values() for row in found]
    crowd = told or crowd
    RESULTS.write_text(_document(rows, crowd=crowd, notes=notes), encoding="utf-8")
    print(f"written to {RESULTS.relative_to(ROOT)}")
    for shown in failed:
        print(f"FAILED  {shown}")
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run the benchmarks and write bench/RESULTS.md.")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the full counts")
    parser.add_argument("--only", nargs="*", default=[], help="names of benchmarks; the other rows stay")
    return parser.parse_args()


def _command(name: str, *, scale: float, on_postgres: bool) -> tuple[str, ...]:
    scaled = ("--scale", f"{scale:g}") if scale != 1 else ()
    return (*(POSTGRES if on_postgres else ()), "-m", f"bench.{name}", *scaled)


def _run(command: Sequence[str], shown: str) -> list[Row] | None:
    """Run one benchmark and return its lines, or None where it failed."""
    # A benchmark that is given no database of its own runs on SQLite, whatever is set around it.
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment.get('PATH', '')}"
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "findings.jsonl"
        done = subprocess.run(
            [sys.executable, *command, "--json", kept], cwd=ROOT, env=environment, check=False
        )
        if done.returncode or not kept.exists():
            return None
        found = [json.loads(line) for line in kept.read_text().splitlines()]
    return [
        (one["what"], one["target"], one["measured"], "met" if one["met"] else "**missed**", f"`{shown}`")
        for one in found
    ]


def _crowd() -> str:
    """Return the table of the recorded crowds, or nothing where the shared sample data are absent."""
    shared = Path(os.environ.get("ASSAY_SHARED_DATA") or ROOT.parent / "shared" / "data") / "crowd"
    if not shared.exists():
        print("the shared sample data are not here: the table of recorded crowds stays as it is")
        return ""
    print("$ python -m bench.crowd_replay", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "bench.crowd_replay", "--data", shared],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return "" if done.returncode else f"Command: `python -m bench.crowd_replay`\n\n{done.stdout.strip()}"


def _read() -> tuple[list[Row], str, str]:
    """Return the rows, the table of crowds and the notes of the results as they stand."""
    if not RESULTS.exists():
        return [], "", ""
    rest, _, notes = RESULTS.read_text(encoding="utf-8").partition(f"\n{NOTES}\n")
    table, _, crowd = rest.partition(f"\n{CROWD}\n")
    rows: list[Row] = []
    for line in table.splitlines():
        cells = tuple(cell.strip() for cell in line.strip("|").split(" | "))
        if line.startswith("| ") and len(cells) == 5 and cells[0] != "what":
            rows.append((cells[0], cells[1], cells[2], cells[3], cells[4]))
    return rows, crowd.strip(), notes.strip()


def _document(rows: Sequence[Row], *, crowd: str, notes: str) -> str:
    """Write the results, shortfalls first."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    missed = [row for row in rows if row[3] != "met"]
    head = (
        f"{datetime.now(UTC).date()}, a machine with {os.cpu_count()} cores and {memory:.0f} GiB."
        " Each figure and its peer come from one run; times are CPU seconds unless it says wall, those of the"
        " PostgreSQL backend included; memory is the growth of the peak. Run all with `make bench`."
    )
    lines = [f"| {' | '.join(row)} |" for row in [*missed, *(row for row in rows if row[3] == "met")]]
    parts = [
        "# Results of the benchmarks",
        head,
        f"Shortfalls first: {len(missed)} of {len(rows)} lines miss their target.",
        "\n".join(["| what | target | measured | met | command |", "|---|---|---|---|---|", *lines]),
    ]
    if crowd:
        parts += [CROWD, crowd]
    if notes:
        parts += [NOTES, notes]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
