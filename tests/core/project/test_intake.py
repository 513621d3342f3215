import copy
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.located import located

from assay.core.errors import (
    AssayError,
    BadValue,
    InputError,
    MissingKey,
    SeveralProblems,
    UnknownKey,
    place_of,
)
from assay.core.labels.label_values import LabelClass
from assay.core.project.intake import Intake, PrelabelPlan, gather_intake, read_intake
from assay.core.project.intake_keys import KEYS
from assay.core.project.price_of_work import AnswerPrice, each_item

LEAST: dict[str, Any] = {
    "assay": 1,
    "name": "shelf-photos",
    "task": "image_classification",
    "data": {"path": "items.csv"},
    "labels": ["cola", "water"],
}
WHOLE: dict[str, Any] = {
    **LEAST,
    "data": {
        "path": "items.csv",
        "format": "csv",
        "id": "id",
        "media": "file",
        "text": None,
        "labels": "earlier",
    },
    "labels": [{"name": "cola", "help": "A dark drink."}, {"name": "water"}],
    "prelabel": {
        "kind": "chat",
        "url": "http://127.0.0.1:9/v1",
        "model": "small",
        "key_file": "key.txt",
        "automatic": "true",
    },
    "instructions": "guide.md",
    "known": {"path": "known.csv", "use": "control"},
    "quality": {"right": 0.98, "confidence": 0.9},
    "redundancy": {"min": 2, "max": 5},
    "money": {"currency": "USD", "budget": 40000, "answer": 3, "expert": 25},
    "deadline": "2026-12-20",
    "class": "public",
    "workforce": {"kind": "recorded", "answers": "answers.csv", "truth": "truth.csv"},
    "approve": {"max_price": 40000, "finish_by": "2026-12-19"},
    "accept": "if_certified",
    "start": "2026-11-23T10:00:00+01:00",
    "deliver": {"to": "out/", "formats": ["jsonl", "csv", "jsonl"]},
}


def changed(path: str, value: object, *, base: dict[str, Any] = WHOLE) -> dict[str, Any]:
    whole = copy.deepcopy(base)
    *sections, key = path.split(".")
    inner = whole
    for section in sections:
        if not isinstance(inner.get(section), dict | list):  # a price may be a number, or a mapping
            inner[section] = {}
        inner = inner[section]
    inner[key] = value
    return whole


def without(path: str) -> dict[str, Any]:
    whole = copy.deepcopy(WHOLE)
    *sections, key = path.split(".")
    inner = whole
    for section in sections:
        inner = inner[section]
    del inner[key]
    return whole


def line_of(document: dict[str, Any], path: str) -> int:
    node = located(document)
    for key in path.split("."):
        node = dict(node.items())[key]
    assert node.line is not None
    return node.line


def test_the_shortest_intake_has_sensible_defaults():
    intake = read_intake(located(LEAST))
    assert (intake.quality.right, intake.quality.confidence) == (0.95, 0.95)
    assert (intake.quality.allowed, intake.quality.delta) == (0.05, 0.05)
    assert (intake.least, intake.most) == (1, 7)
    assert intake.money.currency == "EUR"
    assert intake.workforce.kind == "people"
    assert (intake.accept, intake.data_class) == ("by_hand", "internal")
    assert intake.formats == ("augmented_manifest", "csv", "jsonl")
    assert intake.known is None
    assert intake.start == datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_every_key_arrives_where_it_belongs():
    intake = read_intake(located(WHOLE))
    assert intake.data.columns.media == "file"
    assert intake.data.columns.text is None
    assert intake.data.labels == "earlier"
    assert intake.prelabel == PrelabelPlan(
        "chat", "http://127.0.0.1:9/v1", "small", "key.txt", automatic=True
    )
    assert intake.schema.classes == (LabelClass(name="cola", help="A dark drink."), LabelClass(name="water"))
    assert (intake.quality.right, intake.quality.confidence) == (0.98, 0.9)
    assert (intake.least, intake.most) == (2, 5)
    assert (intake.money.currency, intake.money.budget, intake.money.answer, intake.money.expert) == (
        "USD",
        40000,
        each_item(3),
        25,
    )
    assert (intake.deadline, intake.finish_by) == (date(2026, 12, 20), date(2026, 12, 19))
    assert (intake.workforce.kind, intake.workforce.answers) == ("recorded", "answers.csv")
    assert intake.max_price == 40000
    assert intake.start == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert (intake.deliver_to, intake.formats) == ("out/", ("jsonl", "csv"))
    assert (intake.instructions, intake.known, intake.accept) == ("guide.md", "known.csv", "if_certified")


def test_models_label_automatically_unless_people_were_asked_for():
    assert read_intake(located(LEAST)).automatic
    assert not read_intake(located(LEAST | {"redundancy": {"min": 2}})).automatic
    assert not read_intake(located(LEAST | {"data": {"path": "x.csv", "labels": "earlier"}})).automatic
    assert not read_intake(located(LEAST | {"prelabel": {"automatic": "false"}})).automatic
    twice = {"redundancy": {"min": 2}, "prelabel": {"automatic": "true"}}
    assert read_intake(located(LEAST | twice)).automatic
    with pytest.raises(BadValue, match=r"'prelabel\.automatic' is 'perhaps', but must be true or false"):
        read_intake(located(LEAST | {"prelabel": {"automatic": "perhaps"}}))


def test_labels_may_stand_in_a_tree_and_its_leaves_are_used():
    tree = [
        {
            "name": "Fruit",
            "labels": [{"name": "Apple", "labels": ["Gala", {"name": "Fuji", "help": "Sweet."}]}, "Pear"],
        },
        "Bread",
    ]
    intake = read_intake(located(changed("labels", tree)))
    assert intake.schema.names == ("Fruit/Apple/Gala", "Fruit/Apple/Fuji", "Fruit/Pear", "Bread")
    assert intake.schema.classes[1].help == "Sweet."
    with pytest.raises(BadValue, match=r"'labels\.labels' is 'x', but must be a list of labels"):
        read_intake(located(changed("labels", [{"name": "Fruit", "labels": "x"}, "Bread"])))


BAD = [
    ("assay", 2, "'assay' is '2', but must be 1, the only version there is."),
    (
        "name",
        "a--b c",
        "'name' is 'a--b c', but must be 1 to 63 letters, digits and single dashes between them.",
    ),
    ("name", "x" * 64, "1 to 63 letters"),
    ("task", ["a"], "'task' is a list, but must be one value."),
    ("data", "items.csv", "'data' is 'items.csv', but must be a mapping of keys to values."),
    ("data.path", {"a": 1}, "'data.path' is a mapping, but must be one value."),
    ("labels", "cola", "'labels' is 'cola', but must be a list of labels."),
    ("labels", [], "'labels' is a list, but must be a list of labels."),
    ("quality.right", "most", "'quality.right' is 'most', but must be a share from 0.5 to 0.9999."),
    ("quality.right", 0.49, "a share from 0.5 to 0.9999"),
    ("quality.right", "nan", "a share from 0.5 to 0.9999"),
    ("quality.confidence", 1, "'quality.confidence' is '1', but must be a share"),
    ("redundancy.min", 0, "'redundancy.min' is '0', but must be a whole number from 1 to 50."),
    ("redundancy.max", 1, "'redundancy.max' is '1', but must be a whole number from 2 to 50."),
    ("redundancy.max", 2.5, "'redundancy.max' is '2.5', but must be a whole number."),
    ("money", [], "'money' is a list, but must be a mapping of keys to values."),
    (
        "money.currency",
        "Euro",
        "'money.currency' is 'Euro', but must be three capital letters, for example EUR.",
    ),
    ("money.budget", "-4", "'money.budget' is '-4', but must be a whole number."),
    ("money.answer", "4.50", "'money.answer' is '4.50', but must be a whole number."),
    ("money.answer", [3], "'money.answer' is a list, but must be one value."),
    ("money.expert", 10_000_001, "a whole number from 0 to 10000000"),
    ("deadline", "20.12.2026", "'deadline' is '20.12.2026', but must be a date such as 2026-12-20."),
    ("approve.finish_by", "soon", "'approve.finish_by' is 'soon', but must be a date such as 2026-12-20."),
    ("approve.max_price", "much", "'approve.max_price' is 'much', but must be a whole number."),
    ("class", "secret", "'class' is 'secret', but must be one of public, internal, personal, health."),
    ("known.use", "train", "'known.use' is 'train', but must be one of control."),
    (
        "workforce.kind",
        "robots",
        "'workforce.kind' is 'robots', but must be one of simulated, recorded, people.",
    ),
    ("workforce.people", 0, "'workforce.people' is '0', but must be a whole number from 1 to 100000."),
    ("workforce.experts", 1001, "'workforce.experts' is '1001', but must be a whole number from 1 to 1000."),
    ("accept", "always", "'accept' is 'always', but must be one of by_hand, if_certified."),
    ("data.finished", "perhaps", "'data.finished' is 'perhaps', but must be true or false."),
    ("start", "now", "'start' is 'now', but must be a time such as 2026-11-23T09:00:00Z."),
    ("deliver.formats", "jsonl", "'deliver.formats' is 'jsonl', but must be a list of format names."),
    ("deliver.formats", [["jsonl"]], "'deliver.formats' is a list, but must be a list of format names."),
    ("instructions", ["guide.md"], "'instructions' is a list, but must be one value."),
]


@pytest.mark.parametrize(
    ("path", "value", "said"), BAD, ids=[f"{path}={value!s:.12}" for path, value, _ in BAD]
)
def test_a_bad_value_is_named_with_its_line_and_what_is_expected(path, value, said):
    document = changed(path, value)
    with pytest.raises(BadValue) as caught:
        read_intake(located(document))
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"intake.yaml, line {line_of(document, path)}: ")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (["cola", "cola"], "'labels.name' is 'cola' again, but must be a label named once."),
        ([{"name": "cola"}, {"name": "a\nb"}], "a label of 1 to 256 printable characters"),
        (["cola", "x" * 257], "a label of 1 to 256 printable characters"),
        (["cola", " "], "a label of 1 to 256 printable characters"),
    ],
)
def test_labels_are_printable_and_named_once(labels, said):
    with pytest.raises(BadValue) as caught:
        read_intake(located(changed("labels", labels)))
    assert said in str(caught.value)


REQUIRED = (
    "assay",
    "name",
    "task",
    "data",
    "data.path",
    "known.path",
    "workforce.truth",
    "workforce.answers",
)


@pytest.mark.parametrize("path", REQUIRED)
def test_a_missing_key_is_named_with_what_it_says(path):
    section, _, key = path.rpartition(".")
    with pytest.raises(MissingKey) as caught:
        read_intake(located(without(path)))
    assert f"the key '{path}' is missing; it says {KEYS[section][key]}." in str(caught.value)
    assert str(caught.value).startswith("intake.yaml, line ")


def test_a_label_without_a_name_is_refused():
    with pytest.raises(MissingKey, match=r"labels\.name"):
        read_intake(located(changed("labels", [{"help": "?"}, "water"])))


@pytest.mark.parametrize("path", [path for path in REQUIRED if "." not in path and path != "data"])
def test_an_empty_value_is_not_a_value(path):
    with pytest.raises((MissingKey, BadValue)) as caught:
        read_intake(located(changed(path, None)))
    assert path in str(caught.value)


@pytest.mark.parametrize(
    "section",
    [name for name in KEYS if name not in ("labels", "attributes", "questions", "when", "money.answer")],
)
def test_an_unknown_key_is_refused_with_its_line_and_the_known_ones(section):
    nearest = min(KEYS[section])
    path = f"{section}.{nearest}x".lstrip(".")
    document = changed(path, "x")
    with pytest.raises(UnknownKey) as caught:
        read_intake(located(document))
    assert str(caught.value) == (
        f"intake.yaml, line {line_of(document, path)}: unknown key '{path}' "
        f"(did you mean '{nearest}'?); known are: {', '.join(KEYS[section])}."
    )


def test_everything_that_is_wrong_is_told_at_once_each_with_its_line():
    document = {
        "assay": 2,
        "nmae": "x",
        "name": "shelf photos",
        "data": "items.csv",
        "labels": ["cola", "cola", {"help": "?"}, {"name": "Fruit", "labels": "x"}],
        "quality": {"right": 95, "confidence": "sure", "rihgt": 1},
        "redundancy": {"min": 0, "max": "many"},
        "money": [],
        "deadline": "soon",
        "workforce": {"kind": "recorded"},
        "deliver": {"formats": "csv"},
        "prelabel": {"automatic": "perhaps"},
        "start": "now",
        "known": {"use": "train"},
    }
    with pytest.raises(SeveralProblems) as caught:
        read_intake(located(document))
    found = [place_of(one) for one in caught.value.problems]
    keys = [key for key, _ in found]
    assert sorted(keys) == sorted(
        [
            *("assay", "nmae", "name", "task", "data", "labels.name", "labels.name", "labels.labels"),
            *("quality.right", "quality.confidence", "quality.rihgt", "redundancy.min", "redundancy.max"),
            *("money", "deadline", "workforce.truth", "workforce.answers", "deliver.formats"),
            *("prelabel.automatic", "start", "known.use", "known.path"),
        ]
    )
    for key, line in found:
        if (
            key not in ("task", "labels.name", "labels.labels")
            and not key.startswith("workforce")
            and key != "known.path"
        ):
            assert line == line_of(document, key)
    said = str(caught.value)
    assert said.startswith("intake.yaml has 22 problems: ")
    assert said.count("intake.yaml") == 1
    assert "\n" not in said


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"data": None}, ["data"]),  # its path is not missed too
        ({"data": {"path": ["a"]}}, ["data.path"]),
        ({"workforce": {"kind": "robots"}}, ["workforce.kind"]),
        ({"redundancy": {"min": 0, "max": 3}}, ["redundancy.min"]),
        ({"labels": "cola"}, ["labels"]),
    ],
)
def test_what_follows_from_a_mistake_is_no_second_one(changes, keys):
    problems = []
    gather_intake(located(LEAST | changes), problems)
    assert [place_of(one)[0] for one in problems] == keys


def test_every_key_of_the_table_is_read_by_some_test_here():
    spoken = {path for path, _, _ in BAD} | set(REQUIRED)
    optional_texts = {
        "data.format",
        "data.id",
        "data.media",
        "data.text",
        "data.labels",
        "prelabel.kind",
        "prelabel.url",
        "prelabel.model",
        "prelabel.key_file",
        "prelabel.automatic",
        "deliver.to",
        "examples.path",
        "labels.name",
        "labels.help",
        "labels.labels",
        "labels.attributes",  # attributes: test_intake_labels.py
        *(f"attributes.{key}" for key in KEYS["attributes"]),
        *(f"questions.{key}" for key in KEYS["questions"]),  # questions: test_intake_questions.py
        *(f"when.{key}" for key in KEYS["when"]),
        *(f"money.answer.{key}" for key in KEYS["money.answer"]),  # below
        "comparison",  # its names are the task type's: tests/service/intake
    }
    sections = {name for name in KEYS if name}
    every = {f"{section}.{key}".lstrip(".") for section, keys in KEYS.items() for key in keys}
    assert every - spoken - optional_texts <= sections


def test_every_key_has_a_meaning_and_none_ends_a_sentence_twice():
    meanings = [meaning for keys in KEYS.values() for meaning in keys.values()]
    assert all(meaning.strip() and not meaning.endswith(".") for meaning in meanings)


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(
        ["1", "0.95", "simulated", "2026-12-20", "\u0663", "²", "2026-11-23T09:00:00Z", "9" * 40]
    ),
)
KNOWN_KEYS = sorted({key for keys in KEYS.values() for key in keys})
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KNOWN_KEYS), st.text(max_size=5)), inner, max_size=5),
    ),
    max_leaves=15,
)


def outcome(document: object) -> Intake | AssayError:
    """The intake, or Assay's own error; any other exception fails the test."""
    try:
        return read_intake(located(document))
    except AssayError as error:
        return error


@settings(max_examples=300)
@given(document=JUNK)
def test_junk_is_refused_with_a_sentence(document):
    found = outcome(document)
    assert isinstance(found, Intake) or str(found).endswith(".")


@settings(max_examples=300)
@given(data=st.data())
def test_junk_in_one_place_gives_an_intake_or_a_sentence_with_the_line(data):
    section = data.draw(st.sampled_from(sorted(name for name in KEYS if name != "labels")))
    key = data.draw(st.sampled_from(sorted(KEYS[section])))
    found = outcome(changed(f"{section}.{key}".lstrip("."), data.draw(JUNK)))
    assert isinstance(found, Intake) or str(found).startswith(("intake.yaml, line ", "intake.yaml has "))


@given(
    right=st.integers(5000, 9999),
    least=st.integers(1, 50),
    more=st.integers(0, 49),
    cents=st.integers(0, 10_000_000),
    day=st.dates(),
    names=st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1), min_size=2, unique=True),
)
def test_what_is_written_is_what_is_read(right, least, more, cents, day, names):
    most = min(50, least + more)
    document = changed("quality.right", right / 10_000)
    for path, value in (
        ("redundancy", {"min": least, "max": most}),
        ("money.answer", cents),
        ("deadline", day.isoformat()),
        ("labels", names),
    ):
        document = changed(path, value, base=document)
    intake = read_intake(located(document))
    assert intake.quality.right == right / 10_000
    assert intake.quality.allowed == pytest.approx(1 - right / 10_000)
    assert (intake.least, intake.most, intake.deadline) == (least, most, day)
    assert intake.money.answer == each_item(cents)
    assert intake.schema.names == tuple(names)


def test_a_finished_batch_comes_with_labels_and_has_nobody_to_control():
    labelled = {"path": "items.csv", "labels": "sort", "finished": "true"}
    assert read_intake(located(LEAST | {"data": labelled})).data.finished
    assert not read_intake(located(LEAST | {"data": labelled | {"finished": "false"}})).data.finished
    with pytest.raises(MissingKey, match=r"'data\.labels' is missing"):
        read_intake(located(LEAST | {"data": {"path": "items.csv", "finished": "true"}}))
    with pytest.raises(BadValue, match="a finished batch has nobody to control"):
        read_intake(located(LEAST | {"data": labelled, "known": {"path": "known.csv"}}))


@pytest.mark.parametrize(
    ("said", "price"),
    [
        ({"per": "object", "cents": 3, "least": 4, "most": 60}, AnswerPrice("object", 3, 4, 60)),
        ({"per": "page", "cents": 3}, AnswerPrice("page", 3, 3, 60)),
        ({"per": "minute", "cents": 3, "least": 90}, AnswerPrice("minute", 3, 90, 90)),
        ({"per": "object", "cents": 3, "least": 0}, AnswerPrice("object", 3, 0, 60)),
        ({"per": "item", "cents": 3}, each_item(3)),
    ],
)
def test_an_answer_may_be_paid_by_what_it_holds(said, price):
    assert read_intake(located(changed("money.answer", said))).money.answer == price


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"cents": 3}, "the key 'money.answer.per' is missing; it says what is counted"),
        ({"per": "object"}, "the key 'money.answer.cents' is missing; it says cents for each of them."),
        (
            {"per": "box", "cents": 3},
            "'money.answer.per' is 'box', but must be one of item, object, page, minute.",
        ),
        (
            {"per": "object", "cents": 3, "least": 70, "most": 60},
            "'money.answer.least' is '70', but must be at most 60, which 'most' says.",
        ),
        (
            {"per": "object", "cents": 3, "most": 2},
            "'money.answer.most' is '2', but must be at least 3.",
        ),
        (
            {"per": "item", "cents": 3, "most": 9},
            "'money.answer.most' is '9', but must be left out: per item every answer is paid the same.",
        ),
        ({"per": "page", "cents": 3, "lest": 2}, "unknown key 'money.answer.lest' (did you mean 'least'?)"),
    ],
)
def test_a_price_by_work_that_is_none_is_one_sentence(answer, said):
    with pytest.raises(InputError, match=re.escape(said)) as caught:
        read_intake(located(changed("money.answer", answer)))
    assert not isinstance(caught.value, SeveralProblems)
