"""The text of a draft and the fields of its form: one intake, two ways to write it.

The text is what counts. The form sets single values in it; what the form does not know stays. Scalars stay
text, as everywhere in an intake: the number 0.95 and the label `no` are both what somebody wrote.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import yaml

from assay.core.errors import BadValue, InputError, UnknownKey, raise_all
from assay.core.project.document_lines import Located
from assay.core.project.intake_keys import KEYS
from assay.core.project.price_of_work import ITEM
from assay.service.intake.intake_file import parse_yaml
from assay.service.requests.draft_form.draft_rows import (
    AttributeRow,
    LabelRow,
    QuestionRow,
    attribute_list,
    attribute_rows,
    label_list,
    label_rows,
    question_list,
    question_rows,
)
from assay.tasktypes import TASK_TYPES

SOURCE: Final = "request"
"""What messages call the draft's text."""
EMPTY: Final = "assay: 1\n"
GUIDE_NAME: Final = "instructions.md"


@dataclass(frozen=True, slots=True)
class DraftFields:
    """The fields of the form, as text; "" where nothing is said. Money in cents, shares from 0 to 1."""

    name: str = ""
    task: str = ""
    data_path: str = ""
    data_format: str = ""
    data_id: str = ""
    data_media: str = ""
    data_text: str = ""
    data_labels: str = ""
    data_finished: str = ""
    instructions: str = ""
    known: str = ""
    right: str = ""
    confidence: str = ""
    least: str = ""
    most: str = ""
    currency: str = ""
    budget: str = ""
    answer: str = ""
    answer_per: str = ""
    answer_least: str = ""
    answer_most: str = ""
    expert: str = ""
    deadline: str = ""
    data_class: str = ""
    workforce: str = ""
    people: str = ""
    truth: str = ""
    max_price: str = ""
    finish_by: str = ""
    accept: str = ""
    prelabel: str = ""
    automatic: str = ""
    labels: tuple[LabelRow, ...] = ()
    questions: tuple[QuestionRow, ...] = ()
    attributes: tuple[AttributeRow, ...] = ()
    formats: tuple[str, ...] = ()


PLACES: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("name",),
    "task": ("task",),
    "data_path": ("data", "path"),
    "data_format": ("data", "format"),
    "data_id": ("data", "id"),
    "data_media": ("data", "media"),
    "data_text": ("data", "text"),
    "data_labels": ("data", "labels"),
    "data_finished": ("data", "finished"),
    "instructions": ("instructions",),
    "known": ("known", "path"),
    "right": ("quality", "right"),
    "confidence": ("quality", "confidence"),
    "least": ("redundancy", "min"),
    "most": ("redundancy", "max"),
    "currency": ("money", "currency"),
    "budget": ("money", "budget"),
    "expert": ("money", "expert"),
    "deadline": ("deadline",),
    "data_class": ("class",),
    "workforce": ("workforce", "kind"),
    "people": ("workforce", "people"),
    "truth": ("workforce", "truth"),
    "max_price": ("approve", "max_price"),
    "finish_by": ("approve", "finish_by"),
    "accept": ("accept",),
    "prelabel": ("prelabel", "kind"),
    "automatic": ("prelabel", "automatic"),
}
"""Where each field of the form stands in the intake, but for what an answer is paid."""

PRICE: Final[Mapping[str, str]] = {
    "answer": "cents",
    "answer_per": "per",
    "answer_least": "least",
    "answer_most": "most",
}
"""The fields that say what an answer is paid, and their keys where `money.answer` is a mapping."""

Tree = dict[str, Any]


def tree_of(text: str) -> Tree:
    """Return a draft's text as nested mappings, lists and texts; keys that no intake has are refused.

    Raises:
        BadYaml, UnknownKey, BadValue: naming the line.
        SeveralProblems: if there are several unknown keys, all of them.
    """
    document = parse_yaml(text, source=SOURCE)
    if document.kind == "nothing":
        return {}
    if document.kind != "map":
        raise BadValue(
            where=document.where, key="intake", found=document.found(), expected="a mapping of keys to values"
        )
    _check_keys(document)
    found = _plain(document)
    assert isinstance(found, dict)
    return found


def text_of(tree: Mapping[str, Any]) -> str:
    """Return an intake's text: keys in the order of the documents."""
    ordered = {key: tree[key] for key in KEYS[""] if key in tree}
    return str(
        yaml.dump(
            ordered, Dumper=_Writer, sort_keys=False, allow_unicode=True, default_flow_style=False, width=100
        )
    )


def fields_of(tree: Mapping[str, Any]) -> DraftFields:
    """Return what the form shows of a draft."""
    values = {name: _look(tree, place) for name, place in PLACES.items()}
    deliver = tree.get("deliver")
    formats = deliver.get("formats") if isinstance(deliver, dict) else None
    return DraftFields(
        **values,
        **_price_fields(tree),
        labels=label_rows(tree.get("labels")),
        questions=question_rows(tree.get("questions")),
        attributes=attribute_rows(tree.get("attributes")),
        formats=tuple(str(one) for one in formats) if isinstance(formats, list) else (),
    )


def changed(tree: Mapping[str, Any], wanted: DraftFields, *, given: Collection[str]) -> Tree:
    """Return the intake with the given fields' values in it; a field that is empty now is taken out."""
    made: Tree = {
        key: dict(value) if isinstance(value, dict) else value
        for key, value in {"assay": "1", **tree}.items()
    }
    for field in fields(DraftFields):
        if field.name in PLACES and field.name in given:
            _put(made, PLACES[field.name], str(getattr(wanted, field.name)).strip())
    if not PRICE.keys().isdisjoint(given):
        _put_price(made, {name: str(getattr(wanted, name)).strip() for name in PRICE if name in given})
    labels = tuple(row for row in wanted.labels if row.name.strip() or row.help.strip())
    if "labels" in given and labels != label_rows(made.get("labels")):
        _put_any(made, ("labels",), label_list(labels, before=made.get("labels")))
    questions = tuple(row for row in wanted.questions if not row.is_empty)
    if "questions" in given and questions != question_rows(made.get("questions")):
        _put_any(made, ("questions",), question_list(questions, before=made.get("questions")))
    attributes = tuple(row for row in wanted.attributes if not row.is_empty)
    if "attributes" in given and attributes != attribute_rows(made.get("attributes")):
        _put_any(made, ("attributes",), attribute_list(attributes))
    if {"task", "labels", "questions"} <= set(given):
        for key in _not_asked(str(made.get("task", ""))):
            made.pop(key, None)
    if "formats" in given:
        _put_any(made, ("deliver", "formats"), list(wanted.formats))
    return made


def _not_asked(task: str) -> tuple[str, ...]:
    """Return the keys that a task leaves out: a form shows labels or questions, never both."""
    if task not in TASK_TYPES.names():
        return ()
    return ("labels", "attributes", "comparison") if TASK_TYPES.get(task).has_questions else ("questions",)


def with_guide(tree: Tree, *, guide: str) -> Tree:
    """Return the intake so that it names the instructions that were written, or none where there are none."""
    named = tree.get("instructions")
    if guide.strip() and not (isinstance(named, str) and named):
        return {**tree, "instructions": GUIDE_NAME}
    if not guide.strip() and named == GUIDE_NAME:
        return {key: value for key, value in tree.items() if key != "instructions"}
    return tree


def shown_name(tree: Mapping[str, Any]) -> str:
    """Return what a list of drafts calls this one."""
    return "".join(sign for sign in _look(tree, ("name",)) if sign.isprintable())[:200]


def _check_keys(document: Located) -> None:
    """Refuse keys that no intake has, all at once; missing and odd values are said when it is submitted."""
    problems: list[InputError] = []
    for key, value in document.items():
        if key not in KEYS[""]:
            problems.append(UnknownKey(where=value.where, key=key, known=", ".join(KEYS[""])))
        elif key in KEYS and key != "labels" and value.kind == "map":
            _check_section(value, key, problems)
    raise_all(problems, where=SOURCE)


def _check_section(section: Located, path: str, problems: list[InputError]) -> None:
    for key, value in section.items():
        below = f"{path}.{key}"
        if key not in KEYS[path]:
            problems.append(UnknownKey(where=value.where, key=below, known=", ".join(KEYS[path])))
        elif below in KEYS and value.kind == "map":
            _check_section(value, below, problems)


def _plain(node: Located) -> object:
    if node.kind == "map":
        return {key: _plain(value) for key, value in node.items()}
    if node.kind == "list":
        return [_plain(value) for value in node.elements()]
    if node.content is not None and not _storable(str(node.content)):
        raise BadValue(
            where=node.where, key="text", found="a character that no file can hold", expected="plain text"
        )
    return node.content


def _storable(text: str) -> bool:
    """Whether a text is Unicode that databases and files take: escapes can spell what is none."""
    return "\x00" not in text and not any("\ud800" <= sign <= "\udfff" for sign in text)


def _look(tree: Mapping[str, Any], place: Sequence[str]) -> str:
    found: Any = tree
    for key in place:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _put(tree: Tree, place: tuple[str, ...], value: str) -> None:
    if isinstance(_at(tree, place), (dict, list)):
        return  # the form shows no such value, so it does not change it
    _put_any(tree, place, value)


def _price_fields(tree: Mapping[str, Any]) -> dict[str, str]:
    """Return the form's fields about what an answer is paid: a number pays for the item."""
    found = _at(tree, ("money", "answer"))
    if not isinstance(found, dict):
        return {
            name: found if key == "cents" and isinstance(found, str) else "" for name, key in PRICE.items()
        }
    return {name: _look(found, (key,)) for name, key in PRICE.items()}


def _put_price(tree: Tree, given: Mapping[str, str]) -> None:
    """Put in what an answer is paid: as a number where it is paid by the item, else as a mapping."""
    found = _at(tree, ("money", "answer"))
    before: Tree = found if isinstance(found, dict) else {"cents": found}
    said = {PRICE[name]: value for name, value in given.items()}
    # What the form cannot show it does not change.
    kept = {key: value for key, value in before.items() if key not in said or isinstance(value, (dict, list))}
    price = {key: value for key, value in {**said, **kept}.items() if value}
    if price.get("per", ITEM) == ITEM and price.keys() <= {"per", "cents"}:
        _put_any(tree, ("money", "answer"), price.get("cents", ""))
    else:
        ordered = {key: price[key] for key in KEYS["money.answer"] if key in price}
        _put_any(tree, ("money", "answer"), {**ordered, **price})


def _at(tree: Mapping[str, Any], place: tuple[str, ...]) -> object:
    found: Any = tree
    for key in place:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _put_any(tree: Tree, place: tuple[str, ...], value: object) -> None:
    *above, last = place
    for key in above:
        if not isinstance(tree.get(key), dict):
            if not value:
                return
            tree[key] = {}
        tree = tree[key]
    if value:
        tree[last] = value
    else:
        tree.pop(last, None)


class _Writer(yaml.SafeDumper):
    """Writes texts plainly wherever the intake's reader reads the same text back."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - as the library declares it
        first: [(tag, pattern) for tag, pattern in found if tag.rpartition(":")[2] in ("null", "bool")]
        for first, found in yaml.SafeDumper.yaml_implicit_resolvers.items()
    }
