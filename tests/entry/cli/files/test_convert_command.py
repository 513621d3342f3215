"""`assay convert` at the shell: one line of result, sentences for what is lost, and no installation needed."""

import json

import pytest

from assay.entry.cli.main import main


@pytest.fixture
def theirs(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("text,intent\nhello,greet\nbye\nadieu,leave\n")
    return path


def test_the_result_is_one_line_and_bad_rows_are_told_on_the_side(theirs, capsys):
    out = theirs.with_name("ours.jsonl")
    assert main(["convert", str(theirs), "-o", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"2 items written to {out} (jsonl); left out: nothing",
        "  'text' was taken for the text, 'intent' for the label.",
        "  1 rows of the source could not be read and are missing.",
    ]
    assert said.err == f"{theirs}, line 3: the record has 1 cells where the header has 2\n"
    assert [json.loads(line)["label"] for line in out.read_text().splitlines()] == ["greet", "leave"]


def test_what_cannot_come_along_has_its_number_and_its_sentence(tmp_path, capsys):
    source, out = tmp_path / "a.jsonl", tmp_path / "a.csv"
    source.write_text('{"text":"t","label":"a","shop":"n","price":3}\n')
    assert main(["convert", str(source), "--from", "jsonl", "--to", "csv", "-o", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"1 items written to {out} (csv); left out: 2 other columns",
        "  'text' was taken for the text, 'label' for the label.",
        "  csv cannot hold other columns.",
    ]


def test_scripts_get_json(theirs, capsys):
    out = theirs.with_name("ours.manifest")
    assert main(["convert", str(theirs), "-o", str(out), "--attribute", "intent", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["items"] == 2
    assert (found["source"], found["target"], found["kind"]) == (
        "csv",
        "augmented_manifest",
        "single choices",
    )
    assert found["labels"] == ["greet", "leave"]
    assert found["shown"] == [
        {"line": 3, "reason": "the record has 1 cells where the header has 2", "key": None}
    ]
    assert json.loads(out.read_text().splitlines()[0])["intent"] == 0


def test_only_where_nothing_can_be_written_it_ends_with_two(tmp_path, capsys):
    source = tmp_path / "a.csv"
    source.write_text("text,label,confidence\na,yes,7\n")
    assert main(["convert", str(source), "-o", str(tmp_path / "a.jsonl")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"{source}, line 2: the confidence is '7', but must be a number from 0 to 1"
    assert said[1].startswith(f"assay: No item of {source} could be converted: 1 bad rows")
    assert main(["convert", str(source), "-o", str(source)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_many_bad_rows_are_counted_and_not_all_told(tmp_path, capsys):
    source = tmp_path / "a.csv"
    source.write_text("text,label\na,yes\n" + "b\n" * 1_025)
    assert main(["convert", str(source), "-o", str(tmp_path / "a.jsonl")]) == 0
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 21
    assert said[-1] == "... and 1,005 more rows that cannot be read."
