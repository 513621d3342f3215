"""Rows of a request's form, and the lists of the intake that they stand for: labels, questions, attributes.

What the form does not show of an entry (the help of a question's labels, what is asked about its objects) stays with it, as long
as the entry keeps its name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Tree = dict[str, Any]

OR: Final = " | "
"""Between the labels of a condition as the form writes it: `kind: car | van`."""
_LONGEST_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label of the form, and what labellers read about it."""

    name: str
    help: str


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question of the form, as text.

    Attributes:
        name: what its answer is called; "": made from `ask`.
        ask: what people are asked.
        task: the task type whose answer it is.
        labels: its labels, one a line.
        when: the condition: "" always, `kind` where that is answered, `kind: car | van` where its answer uses one of these.
        weight: how much it counts.
        required: "false" where it may be left out.
    """

    name: str = ""
    ask: str = ""
    task: str = ""
    labels: str = ""
    when: str = ""
    weight: str = ""
    required: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said in it."""
        return not (self.name or self.ask or self.labels)


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """One attribute of the form, as text; `options` one a line, `required` "true" or ""."""

    name: str = ""
    kind: str = ""
    options: str = ""
    required: str = ""
    help: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said in it."""
        return not (self.name or self.options or self.help)


# --- labels --------------------------------------------------------------------------------------


def label_rows(found: object, above: str = "") -> tuple[LabelRow, ...]:
    """Return the labels of a tree of labels, those below another with its name before theirs."""
    rows: list[LabelRow] = []
    for one in found if isinstance(found, list) else []:
        if isinstance(one, str):
            rows.append(LabelRow(above + one, ""))
        elif isinstance(one, dict):
            name = above + _text(one.get("name"))
            below = label_rows(one.get("labels"), f"{name}/")
            rows += below or (LabelRow(name, _text(one.get("help"))),)
    return tuple(rows)


def label_list(rows: Sequence[LabelRow], *, before: object) -> list[Tree | str]:
    """Return labels as an intake lists them."""
    said = _attributes_by_label(before)
    return [_label(row, attributes=said.get(row.name.strip())) for row in rows]


def _label(row: LabelRow, *, attributes: object) -> Tree | str:
    """Return a label as an intake lists it; what is asked about its objects, which the form does not show, stays with it."""
    made = {"name": row.name.strip(), "help": row.help.strip(), "attributes": attributes}
    kept = {key: value for key, value in made.items() if key == "name" or value}
    return kept if len(kept) > 1 else row.name.strip()


def _attributes_by_label(found: object, above: str = "") -> dict[str, object]:
    """Return what a tree of labels asks about the objects of each, by the label's name as the form shows it."""
    said: dict[str, object] = {}
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict):
            name = above + _text(one.get("name"))
            said |= _attributes_by_label(one.get("labels"), f"{name}/")
            if one.get("attributes"):
                said[name] = one["attributes"]
    return said


# --- questions -----------------------------------------------------------------------------------


def question_rows(found: object) -> tuple[QuestionRow, ...]:
    """Return the questions of an intake as the form shows them."""
    return tuple(
        QuestionRow(
            name=_text(one.get("name")),
            ask=_text(one.get("ask")),
            task=_text(one.get("task")),
            labels="\n".join(row.name for row in label_rows(one.get("labels"))),
            when=_when(one.get("when")),
            weight=_text(one.get("weight")),
            required="false" if one.get("required") == "false" else "",
        )
        for one in _entries(found)
    )


def question_list(rows: Sequence[QuestionRow], *, before: object) -> list[Tree]:
    """Return questions as an intake lists them."""
    known = {_text(one.get("name")): one for one in _entries(before)}
    return [_question(row, known.get(name_of(row), {})) for row in rows]


def name_of(row: QuestionRow) -> str:
    """Return what the answer to a question is called: as somebody wrote it, else what is asked without its mark."""
    return row.name or " ".join(row.ask.replace(":", " ").strip(" ?!.").split())[:_LONGEST_NAME].strip()


def _question(row: QuestionRow, before: Mapping[str, Any]) -> Tree:
    names = [line.strip() for line in row.labels.splitlines() if line.strip()]
    same = [one.name for one in label_rows(before.get("labels"))] == names
    made = {
        **before,
        "name": name_of(row),
        "ask": row.ask if row.ask != name_of(row) else "",
        "task": row.task,
        "labels": before.get("labels") if same else names,
        "when": _condition(row.when),
        "weight": row.weight,
        "required": row.required,
    }
    return {key: value for key, value in made.items() if value}


def _when(found: object) -> str:
    if not isinstance(found, dict):
        return ""
    question, labels = _text(found.get("question")), found.get("is")
    if isinstance(labels, str):
        labels = [labels]
    if not isinstance(labels, list) or not labels:
        return question
    return f"{question}: {OR.join(map(str, labels))}"


def _condition(said: str) -> Tree:
    if not said.strip():
        return {}
    question, named, labels = said.partition(": ")
    if not named:
        return {"question": question.strip()}
    found = [one.strip() for one in labels.split(OR) if one.strip()]
    return {"question": question.strip(), "is": found[0] if len(found) == 1 else found}


# --- attributes ----------------------------------------------------------------------------------


def attribute_rows(found: object) -> tuple[AttributeRow, ...]:
    """Return the attributes of an intake as the form shows them."""
    return tuple(
        AttributeRow(
            name=_text(one.get("name")),
            kind=_text(one.get("kind")),
            options="\n".join(str(option) for option in one["options"])
            if isinstance(one.get("options"), list)
            else "",
            required="true" if one.get("required") == "true" else "",
            help=_text(one.get("help")),
        )
        for one in _entries(found)
    )


def attribute_list(rows: Sequence[AttributeRow]) -> list[Tree]:
    """Return attributes as an intake lists them."""
    made = (
        {
            "name": row.name,
            "kind": row.kind,
            "options": [line.strip() for line in row.options.splitlines() if line.strip()],
            "required": row.required,
            "help": row.help,
        }
        for row in rows
    )
    return [{key: value for key, value in one.items() if value} for one in made]


def _entries(found: object) -> list[Mapping[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _text(found: object) -> str:
    return found if isinstance(found, str) else ""
