"""The command line as a newcomer meets it: real processes, real files, sentences instead of tracebacks."""

import csv
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assay.entry.cli.commands import COMMANDS
from assay.entry.cli.main import main

INTAKE = """\
assay: 1
name: fruit
task: classification
data: {path: items.csv, id: id, text: text}
labels: [apple, pear, plum]
quality: {right: 0.9, confidence: 0.95}
redundancy: {min: 1, max: 5}
workforce: {kind: simulated, people: 12, experts: 3, truth: truth.csv}
start: 2026-11-23T09:00:00Z
"""
LABELS = ("apple", "pear", "plum")


def assay(*words, home=None, cwd=None):
    environment = {**os.environ, "COLUMNS": "160"}
    environment.pop("DATABASE_URL", None)
    if home is not None:
        environment["ASSAY_HOME"] = str(home)
    return subprocess.run(
        [sys.executable, "-m", "assay.entry.cli.main", *map(str, words)],
        capture_output=True,
        text=True,
        env=environment,
        cwd=cwd,
        check=False,
        timeout=120,
    )


def write_project(folder: Path, *, items: int = 60, intake: str = INTAKE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [(f"f{number:03}", f"fruit number {number}", LABELS[number % 3]) for number in range(items)]
    with (folder / "items.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("id", "text"), *((key, text) for key, text, _ in rows)])
    with (folder / "truth.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("item", "label"), *((key, label) for key, _, label in rows)])
    path = folder / "intake.yaml"
    path.write_text(intake)
    return path


@pytest.fixture(scope="module")
def offered(tmp_path_factory):
    """A home in which the batch `fruit-1` is ready for review."""
    folder = tmp_path_factory.mktemp("offered")
    intake = write_project(folder / "project")
    done = assay("run", intake, "--out", folder / "out", "--json", home=folder / "home")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["batch_status"] == "Ready for review"
    assert summary["certified"]
    return folder


def test_a_batch_goes_from_plan_to_a_verified_delivery_with_a_rejection_in_between(offered):
    home, out = offered / "home", offered / "out"
    planned = assay("plan", offered / "project" / "intake.yaml", "--json")
    plan = json.loads(planned.stdout)
    assert plan["items"] + plan["control_items"] == 60
    status = assay("status", "--json", home=home)
    assert [row["batch_status"] for row in json.loads(status.stdout)] == ["Ready for review"]
    assert assay("deliver", "fruit-1", home=home).returncode == 4  # nobody accepted it

    rejected = assay("reject", "fruit-1", "--item", "f001=look again", home=home)
    if rejected.returncode == 4:  # f001 may be a control item; then it is not in the batch
        rejected = assay("reject", "fruit-1", "--item", "f002=look again", home=home)
    assert rejected.returncode == 0, rejected.stderr
    assert "Sent for rework" in rejected.stdout
    again = assay("deliver", "fruit-1", "--out", out, "--json", home=home)
    summary = json.loads(again.stdout)
    assert (summary["batch_status"], summary["attempt"]) == ("Ready for review", 2)

    assert assay("accept", "fruit-1", home=home).returncode == 0
    assert assay("accept", "fruit-1", home=home).returncode == 4
    delivered = assay("deliver", "fruit-1", "--out", out, home=home)
    assert delivered.returncode == 0, delivered.stderr
    assert "Data delivered" in delivered.stdout
    folder = out / "fruit-1"
    assert len((folder / "labels.manifest").read_text().split("\n")) == 60
    assert assay("manifest", "check", folder / "labels.manifest").returncode == 0

    unknown = assay("certificate", "verify", folder)
    assert unknown.returncode == 8
    assert "DEMONSTRATION" in unknown.stdout
    certificate = json.loads((folder / "certificate.json").read_text())
    assert certificate["statement"]["attempt"] == 2
    later = assay("deliver", "fruit-1", "--formats", "parquet", home=home)
    assert (later.returncode, later.stdout) == (
        0,
        "supplement 1: parquet, delivered; it lies in supplements/1\n",
    )
    assert assay("deliver", "fruit-1", "--formats", "yolo", home=home).returncode == 2
    both = assay("certificate", "verify", folder)
    assert both.returncode == 8
    assert "Supplement 1 holds: the same labels as parquet, signed by the same key." in both.stdout
    frozen = (folder / "frozen.jsonl").read_text()
    (folder / "frozen.jsonl").write_text(frozen.replace('"apple"', '"pear"', 1))
    tampered = assay("certificate", "verify", folder, "--json")
    assert tampered.returncode == 3
    assert json.loads(tampered.stdout)["findings"]
    (folder / "frozen.jsonl").write_text(frozen)

    assert assay("audit", "verify", home=home).returncode == 0
    assert assay("backup", offered / "backup.tar.gz", home=home).returncode == 0
    restored = assay("restore", offered / "backup.tar.gz", home=offered / "restored")
    assert restored.returncode == 0, restored.stderr
    before = json.loads(assay("status", "--json", home=home).stdout)
    assert json.loads(assay("status", "--json", home=offered / "restored").stdout) == before
    assert assay("restore", offered / "backup.tar.gz", home=home).returncode == 4  # never over something
    doctor = assay("doctor", "--json", home=home)
    assert doctor.returncode == 0, doctor.stdout


def test_two_homes_with_the_same_keys_make_the_same_bytes(tmp_path):
    intake = write_project(
        tmp_path / "project", items=30, intake=INTAKE.replace("start:", "accept: if_certified\nstart:")
    )
    first, second = tmp_path / "first", tmp_path / "second"
    assert assay("run", intake, "--out", tmp_path / "a", home=first).returncode == 0
    (second / "keys").mkdir(parents=True)
    for key in (first / "keys").iterdir():
        (second / "keys" / key.name).write_bytes(key.read_bytes())
        (second / "keys" / key.name).chmod(0o600)
    assert assay("run", intake, "--out", tmp_path / "b", home=second).returncode == 0
    names = sorted(path.name for path in (tmp_path / "a" / "fruit-1").iterdir())
    assert "certificate.json" in names
    for name in names:
        ours, theirs = tmp_path / "a" / "fruit-1" / name, tmp_path / "b" / "fruit-1" / name
        assert ours.read_bytes() == theirs.read_bytes(), name


def test_a_quote_beyond_what_was_approved_waits_for_a_decision(tmp_path):
    intake = write_project(
        tmp_path / "project", items=30, intake=INTAKE + "approve: {max_price: 5}\naccept: if_certified\n"
    )
    home = tmp_path / "home"
    waits = assay("run", intake, "--out", tmp_path / "out", home=home)
    assert waits.returncode == 3
    assert "assay approve fruit" in waits.stdout
    statuses = []
    for _ in range(2):  # the plan, then the firm quote
        assert assay("approve", "fruit", home=home).returncode == 0
        statuses.append(assay("run", intake, "--out", tmp_path / "out", home=home).returncode)
    assert statuses == [3, 0]
    assert assay("approve", "fruit", home=home).returncode == 4


def test_answers_become_labels_and_replays(tmp_path):
    rows = [
        (f"i{item}", f"w{worker}", LABELS[(item + (item * worker % 11 == 3)) % 3])
        for item in range(60)
        for worker in range(6)
    ]
    with gzip.open(tmp_path / "answers.csv.gz", "wt", newline="") as out:
        csv.writer(out).writerows([("item", "worker", "label"), *rows])
    with (tmp_path / "truth.csv").open("w", newline="") as out:
        csv.writer(out).writerows(
            [("item", "label"), *((f"i{item}", LABELS[item % 3]) for item in range(60))]
        )
    done = assay(
        "consolidate", tmp_path / "answers.csv.gz", "--task", "classification", "-o", tmp_path / "labels.csv"
    )
    assert done.returncode == 0, done.stderr
    labels = list(csv.DictReader((tmp_path / "labels.csv").read_text().splitlines()))
    assert [row["label"] for row in labels] == [LABELS[item % 3] for item in range(60)]
    replayed = assay("replay", tmp_path / "answers.csv.gz", "--truth", tmp_path / "truth.csv", "--json")
    assert replayed.returncode == 0, replayed.stderr
    found = json.loads(replayed.stdout)
    assert found["certified"]
    assert found["items"] + found["control_items"] == 60
    assert found["cost"] == pytest.approx(found["answers_used"] + 5 * found["expert_judgements"])


BAD = {
    "unknown-key": ("run", INTAKE.replace("quality:", "qualty:"), ("line 6", "'qualty'", "'quality'")),
    "unknown-task": ("run", INTAKE.replace("task: classification", "task: classifiction"), ("classifiction", "classification")),
    "missing-labels": ("run", INTAKE.replace("labels: [apple, pear, plum]\n", ""), ("labels",)),
    "one-label-twice": ("run", INTAKE.replace("pear", "apple"), ("line 5", "apple")),
    "not-yaml": ("plan", "assay: [1\n", ("intake.yaml", "line")),
    "an-anchor": ("plan", "assay: &a 1\nname: *a\n", ("anchors", "line 1")),
    "bad-number": ("plan", INTAKE.replace("max: 5", "max: many"), ("line 7", "many", "whole number")),
    "bad-share": ("run", INTAKE.replace("right: 0.9,", "right: 90,"), ("line 6", "right")),
    "no-data": ("run", INTAKE.replace("items.csv", "nothing.csv"), ("nothing.csv",)),
    "no-column": ("run", INTAKE.replace("id: id", "id: identity"), ("identity",)),
    "no-truth": ("run", INTAKE.replace("truth: truth.csv", "truth: none.csv"), ("none.csv",)),
    "simulated-without-truth": ("run", INTAKE.replace(", truth: truth.csv", ""), ("truth",)),
    "health": ("run", INTAKE + "class: health\n", ("health", "de-identified")),
    "personal": ("plan", INTAKE + "class: personal\n", ("personal", "de-identified")),
    "unknown-format": ("run", INTAKE + "deliver: {formats: [coco]}\n", ("coco", "csv")),
}  # fmt: skip


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """A home that was used before; what is refused changes nothing in it."""
    return tmp_path_factory.mktemp("used") / "home"


FEW = ("unknown-key", "not-yaml", "no-data", "health", "unknown-format")
"""These run by default; each starts a process, and all of them run with the slow tests."""


@pytest.mark.parametrize(
    ("command", "text", "parts"),
    [pytest.param(*one, id=name, marks=() if name in FEW else pytest.mark.slow) for name, one in BAD.items()],
)
def test_a_bad_intake_gets_one_sentence_that_says_where_and_what(
    used, tmp_path, request, command, text, parts
):
    # A name of its own, since what fails only at its data has been filed by then.
    own = text.replace("name: fruit", f"name: {request.node.callspec.id}")
    intake = write_project(tmp_path / "project", items=5, intake=own)
    done = assay(command, intake, home=used)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("assay: ")]
    assert len(said) == 1, done.stderr
    for part in parts:
        assert part in said[0]


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (("run", "nowhere.yaml"), 2, "nowhere.yaml"),
        (("frobnicate",), 2, "frobnicate"),
        (("accept", "nothing-1"), 4, "nothing-1"),
        pytest.param(("reject", "nothing-1", "--comment", "x"), 4, "nothing-1", marks=pytest.mark.slow),
        pytest.param(("deliver", "nothing-1"), 4, "nothing-1", marks=pytest.mark.slow),
        (("approve", "nothing"), 4, "nothing"),
        pytest.param(
            ("consolidate", "none.csv", "--task", "classification", "-o", "x.csv"),
            2,
            "none.csv",
            marks=pytest.mark.slow,
        ),
        pytest.param(("replay", "none.csv", "--truth", "none.csv"), 2, "none.csv", marks=pytest.mark.slow),
        (("replay", "none.csv", "--truth", "none.csv", "--right", "2"), 2, "--right"),
        (("certificate", "verify", "nowhere"), 3, "certificate.json"),
        (("manifest", "check", "nowhere"), 2, "nowhere"),
        (("restore", "nowhere.tar.gz"), 2, "nowhere.tar.gz"),
    ],
)
def test_a_wrong_call_gets_a_sentence(used, tmp_path, words, code, part):
    home = tmp_path / "home" if words[0] == "restore" else used  # which wants an empty one
    done = assay(*words, home=home, cwd=tmp_path)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert part in done.stdout + done.stderr


def test_a_bad_setting_ends_at_start_with_one_line_and_changes_nothing(tmp_path):
    environment = {**os.environ, "ASSAY_HOME": str(tmp_path / "home"), "ASSAY_LEASE_SECONDS": "soon"}
    done = subprocess.run(
        [sys.executable, "-m", "assay.entry.cli.main", "status"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "ASSAY_LEASE_SECONDS" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home").exists()


def test_a_database_that_cannot_be_reached_gets_a_sentence(tmp_path):
    environment = {
        **os.environ,
        "ASSAY_HOME": str(tmp_path / "home"),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    done = subprocess.run(
        [sys.executable, "-m", "assay.entry.cli.main", "status"],
        capture_output=True, text=True, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 6, done.stderr
    assert "Traceback" not in done.stderr


def test_help_lists_every_command_and_loads_nothing_that_takes_time():
    """What makes `assay --help` answer in 0.3 s (decisions/0004): no framework and no array library is loaded for it."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "assay.entry.cli.main", "--help"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    for name in ("demo", "plan", "run", "certificate verify", "doctor"):
        assert f"  {name} " in done.stdout
    loaded = {line.rsplit("|", maxsplit=1)[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "argparse" in loaded
    assert not loaded & {"django", "numpy", "scipy", "sklearn", "PIL", "cryptography", "ninja", "pydantic"}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_command_has_help_with_an_example_and_its_exit_codes(capsys, monkeypatch, command):
    monkeypatch.setenv("COLUMNS", "160")
    with pytest.raises(SystemExit) as ended:
        main([*command.name.split(), "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert command.example in said
    assert "exit codes:" in said
