"""Training: instructions and worked examples, whose label is told at once, for a project's own people."""

import pytest
from tests.support.labelling import at_work, write_for_people
from tests.support.projects import NOW, truth_of

from assay.core.errors import BadLine, NotFound, NotPermitted, NotReadable
from assay.service.intake.intake_file import read_intake_file
from assay.service.intake.worked_examples import MOST, WorkedExample, worked_examples
from assay.service.labelling.training import training_of, training_there_is

EXAMPLES = "item,label,why\nitem-001,dog,It barks.\nno-such-item,cat,\nitem-002,hen,\n"
MORE = "examples: {path: examples.csv}\ninstructions: guide.md\n"


@pytest.fixture
def project(web, tmp_path):
    folder = tmp_path / "pets"
    intake = write_for_people(folder, truth=truth_of(20), more=MORE)
    (folder / "examples.csv").write_text(EXAMPLES)
    (folder / "guide.md").write_text("# Pets\n\nLook at the *ears*. <script>alert(1)</script>\n")
    return at_work(web, folder, intake=intake)


def train(web, name="lena", *, position=1, said=None):
    return training_of(web.actor(name), project="pets", position=position, said=said, now=NOW)


def test_an_example_is_shown_with_its_label_and_why(web, project):
    found = train(web)
    assert (found.position, found.count) == (1, 2)  # what the batch does not hold is left out
    assert (found.example.key, found.example.label, found.example.why) == ("item-001", "dog", "It barks.")
    assert f".{web.member('lena').id}." in found.example.media
    assert train(web, position=2).example.key == "item-002"
    assert [one.name for one in found.labels] == ["cat", "dog", "hen"]
    assert found.one_choice


@pytest.mark.parametrize(("said", "right"), [("dog", True), ("cat", False), (None, False), ("", False)])
def test_what_was_said_is_right_or_not(web, project, said, right):
    found = train(web, said=said)
    assert (found.said, found.right) == (said, right)


@pytest.mark.parametrize(("position", "shown"), [(-5, 1), (0, 1), (2, 2), (3, 2), (10**9, 2)])
def test_positions_beyond_the_ends_are_the_ends(web, project, position, shown):
    assert train(web, position=position).position == shown


def test_instructions_are_clean(web, project):
    found = train(web).instructions
    assert "<h1>Pets</h1>" in found
    assert "<em>ears</em>" in found
    assert "<script" not in found


def test_training_is_for_the_project_s_people(web, project, strangers):
    web.member("nora", "labeller")  # came later, and is none of them yet
    with pytest.raises(NotFound):
        train(web, "nora")
    with pytest.raises(NotPermitted):
        train(web, "otto")
    with pytest.raises(NotFound):
        training_of(strangers.lena, project="pets", position=1, said=None, now=NOW)
    (found,) = training_there_is(web.actor("lena"), now=NOW)
    assert (found.project, found.examples, found.has_instructions) == ("pets", 3, True)
    assert training_there_is(web.actor("nora"), now=NOW) == []


def test_without_examples_there_are_instructions_only(web, tmp_path):
    at_work(web, tmp_path / "pets", items=20)
    found = train(web)
    assert (found.count, found.position, found.example, found.right) == (0, 1, None, False)
    assert not training_there_is(web.actor("lena"), now=NOW)[0].examples


# --- the file ----------------------------------------------------------------------------------------


def read(tmp_path, content, *, more="examples: {path: examples.csv}\n"):
    intake = read_intake_file(write_for_people(tmp_path / "p", items=12, more=more)).intake
    if content is not None:
        (tmp_path / "p" / "examples.csv").write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
    return worked_examples(tmp_path / "p", intake)


def test_examples_are_read_in_the_file_s_order_with_or_without_why(tmp_path):
    assert read(tmp_path, "\ufeffitem,label\nb,cat\na,dog\n") == {
        "b": WorkedExample("cat", ""),
        "a": WorkedExample("dog", ""),
    }
    assert list(read(tmp_path, EXAMPLES)) == ["item-001", "no-such-item", "item-002"]
    assert read(tmp_path, 'why,label,item\n"Two\nlines, see",cat,a\n') == {
        "a": WorkedExample("cat", "Two\nlines, see")
    }


def test_an_intake_that_names_no_examples_has_none(tmp_path):
    assert read(tmp_path, None, more="") == {}


def test_no_more_than_two_hundred_examples_are_read(tmp_path):
    lines = "".join(f"i{number},cat\n" for number in range(MOST + 50))
    assert len(read(tmp_path, "item,label\n" + lines)) == MOST


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        ("", 1, "columns must be item, label"),
        ("key,label\na,cat\n", 1, "columns must be item, label"),
        ("item,label\na,cat\nb,\n", 3, "item or label is empty"),
        ("item,label\n,cat\n", 2, "item or label is empty"),
        ("item,label\na,cat\nb\n", 3, "item or label is empty"),
        ('item,label,why\na,cat,"two\nlines"\n,dog,\n', 4, "item or label is empty"),
    ],
)
def test_a_bad_line_is_named(tmp_path, content, line, reason):
    with pytest.raises(BadLine, match=reason) as caught:
        read(tmp_path, content)
    assert caught.value.line == line
    assert caught.value.path.endswith("examples.csv")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file"),
        (b"item,label\n\xff\xfe,cat\n", "no CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path, content, reason):
    with pytest.raises(NotReadable, match=reason):
        read(tmp_path, content)
