"""`assay batch add`: from a file to a delivery of its own, once, with the exit codes of `assay run`."""

import json
import os
import subprocess
import sys

import pytest

INTAKE = """assay: 1
name: words
task: text_classification
data: {path: items.csv, id: number, text: said}
labels: [good, bad]
quality: {right: 0.8, confidence: 0.9}
workforce: {kind: simulated, people: 6, truth: truth.csv}
accept: if_certified
"""


def write(folder, name, *, begin, count=40):
    rows = [(f"{begin}{n}", f"sentence {begin} {n} says it", ("good", "bad")[n % 2]) for n in range(count)]
    (folder / f"{name}.csv").write_text(
        "number,said,other\n" + "".join(f"{key},{text},x\n" for key, text, _ in rows)
    )
    (folder / f"truth-{name}.csv").write_text(
        "item,label\n" + "".join(f"{key},{label}\n" for key, _, label in rows)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the data lie."""
    return tmp_path_factory.mktemp("words")


@pytest.fixture(scope="module")
def shell(folder):
    """Runs commands on a home of its own, beside a delivered project."""
    (folder / "more").mkdir()
    write(folder, "items", begin="a")
    (folder / "truth-items.csv").rename(folder / "truth.csv")
    write(folder / "more", "items2", begin="b")
    write(folder / "more", "items3", begin="c")
    (folder / "intake.yaml").write_text(INTAKE)
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}

    def run(*words):
        whole = [sys.executable, "-m", "assay.entry.cli.main", *words, "--home", str(folder / "home")]
        return subprocess.run(
            whole, capture_output=True, text=True, env=environment, check=False, timeout=120, cwd=folder
        )

    done = run("run", "intake.yaml")
    assert done.returncode == 0, done.stderr
    return run


THIRD = ("--data", "more/items3.csv", "--truth", "more/truth-items3.csv")
MORE = ("--data", "more/items2.csv", "--truth", "more/truth-items2.csv")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("wrds", *MORE), 4, "'words'"),
        (("words", "--data", "more/none.csv"), 2, "none.csv"),
        (("words", *MORE, "--deadline", "soon"), 2, "a date such as 2026-12-20"),
    ],
)
def test_what_cannot_be_added_is_told_and_nothing_is_filed(shell, words, code, said):
    done = shell("batch", "add", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert said in done.stderr
    assert len(json.loads(shell("status", "--json").stdout)) == 1


def test_further_data_become_a_delivery_of_their_own_and_the_same_again_is_the_same(shell, folder):
    done = shell("batch", "add", "words", *MORE, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["batch"], found["batch_status"]) == ("words-2", "Data delivered")
    assert (folder / "out" / "words-2" / "certificate.json").is_file()
    assert (folder / "out" / "words-1" / "certificate.json").is_file()

    again = shell("batch", "add", "words", *MORE)
    assert again.returncode == 0
    assert (
        again.stdout.splitlines()[0] == "more/items2.csv: 'said' was taken for the text, 'number' for the id."
    )
    assert "words-2: Data delivered" in again.stdout
    listed = json.loads(shell("status", "--json").stdout)
    assert [one["batch"] for one in listed] == ["words-1", "words-2"]


def test_what_lies_beyond_its_limit_waits_for_an_approval_that_names_it(shell):
    waiting = shell("batch", "add", "words", *THIRD, "--max-price", "1")
    assert waiting.returncode == 3
    assert "`assay approve words --batch words-3` approves it" in waiting.stdout
    assert shell("approve", "words", "--batch", "words-3").returncode == 0
    again = shell("batch", "add", "words", *THIRD, "--max-price", "1")
    assert "approved are 0.01" in again.stdout  # the pilot's quote is a decision of its own
