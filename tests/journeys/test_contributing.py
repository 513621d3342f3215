"""What CONTRIBUTING.md shows a newcomer is run as it stands there: its members, its commands, its little project."""

import importlib
import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.support.everything import ROOT
from tools.members import (
    FORMATS,
    PRELABELLERS,
    SUGGESTERS,
    TASK_TYPES,
    formats_page,
    models_page,
    task_types_page,
)

EXAMPLES = {
    "image_points": (TASK_TYPES, "src/assay/tasktypes/image_points/__init__.py"),
    "fasttext": (FORMATS, "src/assay/formats/fasttext/__init__.py"),
    "keywords": (SUGGESTERS, "src/assay/providers/suggest/keywords/__init__.py"),
    "text_shape": (PRELABELLERS, "src/assay/providers/prelabel/text_shape/__init__.py"),
}
PAGES = {
    TASK_TYPES: task_types_page,
    FORMATS: formats_page,
    SUGGESTERS: models_page,
    PRELABELLERS: models_page,
}
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def block(file):
    """The code that CONTRIBUTING.md shows under a file's name."""
    (found,) = re.findall(rf"```python\n# {re.escape(file)}\n(.*?)```", TEXT, flags=re.DOTALL)
    return found


@pytest.fixture(scope="module")
def newcomer(tmp_path_factory):
    """A place where all the examples are installed as a package of their own."""
    place = tmp_path_factory.mktemp("newcomer")
    about = place / "newcomer-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: newcomer\nVersion: 1.0\n")
    groups = []
    for name, (home, file) in EXAMPLES.items():
        (place / f"newcomer_{name}.py").write_text(block(file), encoding="utf-8")
        groups.append(f"[{home}]\n{name} = newcomer_{name}:MEMBER\n")
    (about / "entry_points.txt").write_text("\n".join(groups))
    return place


def ran(newcomer, folder, *words, expected=0):
    """Run a program of the virtual environment as a newcomer does; return what it printed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ASSAY_", "DATABASE_URL"))}
    kept |= {"PYTHONPATH": str(newcomer), "ASSAY_HOME": str(newcomer / "home")}
    program = Path(sys.executable).with_name(words[0])
    done = subprocess.run(
        [program, *words[1:]], cwd=folder, env=kept, capture_output=True, text=True, check=False
    )
    assert done.returncode == expected, done.stdout[-3_000:] + done.stderr[-3_000:]
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_keep_the_rules_of_the_house(name):
    _, file = EXAMPLES[name]
    program = Path(sys.executable).with_name("ruff")
    # A file that comes through a pipe has no folder, so it cannot be asked for one (INP001).
    for words in (("check", "--ignore", "INP001"), ("format", "--check")):
        done = subprocess.run(
            [program, *words, "--no-cache", "--stdin-filename", ROOT / file, "-"],
            input=block(file),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("suite", "name"), [("test_tasktypes.py", "image_points"), ("test_formats.py", "fasttext")]
)
def test_the_examples_pass_the_conformance_suite_by_the_command_shown(newcomer, suite, name):
    command = f"python -m pytest tests/conformance/{suite} -k {name}"
    assert f".venv/bin/{command}\n" in TEXT
    said = ran(newcomer, ROOT, *command.split(), "-p", "no:cacheprovider")
    assert int(re.findall(r"(\d+) passed", said)[0]) >= 10 if "passed" in said else "[100%]" in said


def test_the_new_task_type_takes_a_project_to_a_certificate(newcomer, tmp_path):
    (tmp_path / "try_points.py").write_text(block("try_points.py"))
    ran(newcomer, tmp_path, "python", "try_points.py")
    said = ran(newcomer, tmp_path, "assay", "run", "points/intake.yaml")
    assert "Data delivered" in said
    assert "proven at 90 % confidence" in said
    said = ran(newcomer, tmp_path, "assay", "certificate", "verify", "points/out/eyes-1", expected=8)
    assert "Everything holds" in said
    ran(newcomer, tmp_path, "assay", "manifest", "check", "points/out/eyes-1/labels.manifest")
    found = json.loads((tmp_path / "points/out/eyes-1/labels.coco.json").read_text())
    assert {"left eye", "right eye"} <= set(found["categories"][0]["keypoints"])


def write_texts(folder, *, kind):
    words = {"cat": "the cat sleeps", "dog": "a dog barks!", "hen": "one hen, she runs"}
    truth = {f"text-{number:03}": list(words)[number % 3] for number in range(60)}
    rows = [f'{key},"{words[label]} for the {key}th time"' for key, label in truth.items()]
    (folder / "items.csv").write_text("\n".join(["id,text", *rows]))
    (folder / "truth.csv").write_text("\n".join(["item,label", *map(",".join, truth.items())]))
    (folder / "intake.yaml").write_text(
        f"assay: 1\nname: pets-{kind.replace('_', '-')}\ntask: text_classification\n"
        "data: {path: items.csv, id: id, text: text}\nlabels: [cat, dog, hen]\n"
        f"quality: {{right: 0.9, confidence: 0.9}}\nprelabel: {{kind: {kind}}}\n"
        "workforce: {kind: simulated, people: 8, experts: 3, truth: truth.csv}\naccept: if_certified\n"
        "deliver: {to: out, formats: [fasttext, csv]}\n"
    )


def test_the_new_model_that_learns_takes_part(newcomer, tmp_path):
    write_texts(tmp_path, kind="text_shape")
    assert "Data delivered" in ran(newcomer, tmp_path, "assay", "run", "intake.yaml")
    with closing(sqlite3.connect(newcomer / "home" / "assay.db")) as database:
        sizes = database.execute("SELECT DISTINCT length(features) FROM item_body").fetchall()
    assert (6 * 4,) in sizes


def test_the_new_model_proposes_and_the_new_format_is_delivered_and_converted(newcomer, tmp_path):
    write_texts(tmp_path, kind="keywords")
    assert "Data delivered" in ran(newcomer, tmp_path, "assay", "run", "intake.yaml")
    delivered = (tmp_path / "out/pets-keywords-1/labels.fasttext").read_text().splitlines()
    right = sum(line.startswith(f"__label__{line.split()[2].strip(',')} ") for line in delivered)
    assert right / len(delivered) >= 0.9
    with closing(sqlite3.connect(newcomer / "home" / "assay.db")) as database:
        (proposed,) = database.execute("SELECT count(*) FROM suggestion").fetchone()
    assert proposed == 60
    ran(newcomer, tmp_path, "assay", "convert", "out/pets-keywords-1/labels.fasttext", "-o", "again.jsonl")
    again = [json.loads(line)["label"] for line in (tmp_path / "again.jsonl").read_text().splitlines()]
    assert again == [line.split()[0].removeprefix("__label__") for line in delivered]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_documents_describe_a_new_folder_by_themselves(name, tmp_path, monkeypatch):
    home, file = EXAMPLES[name]
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text(block(file), encoding="utf-8")
    package = importlib.import_module(home)
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    try:
        page = PAGES[home]()
    finally:
        sys.modules.pop(f"{home}.{name}", None)
        vars(package).pop(name, None)
    assert block(file).split('"""')[1] in page
    assert f"`{name}`" in page
