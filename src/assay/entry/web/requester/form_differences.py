"""What two states of a request's form differ in, field by field, so that somebody can choose between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

from assay.entry.web.requester.request_form import shown_fields, shown_formats
from assay.service.requests.draft_form.draft_rows import AttributeRow, QuestionRow, name_of
from assay.service.requests.draft_form.draft_text import DraftFields
from assay.service.requests.drafts import ShownDraft
from assay.service.requests.save_draft import FormInput

WORDS: Final[Mapping[str, str]] = {
    "name": "Name of the project",
    "task": "What should be said about each item",
    "guide": "Instructions",
    "data_class": "Data class",
    "data_path": "The items are in",
    "known": "Known labels",
    "data_id": "Column of the id",
    "data_media": "Column of the picture",
    "data_text": "Column of the text",
    "data_labels": "Earlier labels",
    "data_finished": "What happens with earlier labels",
    "truth": "Truth, for a rehearsal",
    "labels": "Labels",
    "questions": "Questions",
    "attributes": "What is asked about each object",
    "right": "Share right, in per cent",
    "budget": "Budget",
    "deadline": "Needed by",
    "confidence": "Confidence, in per cent",
    "least": "Fewest answers per item",
    "most": "Most answers per item",
    "currency": "Currency",
    "answer": "Pay",
    "answer_per": "Pay for each",
    "answer_least": "Pay at least for an answer",
    "answer_most": "Pay at most for an answer",
    "expert": "Pay per expert judgement",
    "max_price": "Start without asking up to",
    "finish_by": "and if it is finished by",
    "prelabel": "A model proposes labels",
    "automatic": "Items that the model is sure of",
    "workforce": "Who labels",
    "formats": "What you get",
    "accept": "When it is certified",
    "people": "Simulated labellers",
}
"""What the form calls its fields, in its order."""
UNSAID: Final[Mapping[str, str]] = {"data_class": "internal", "workforce": "people", "accept": "by_hand"}
"""What the form shows where nothing is said."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of the form as it is stored, and as it was typed."""

    key: str
    words: str
    stored: str
    typed: str


def differences(found: ShownDraft, said: FormInput) -> list[Difference]:
    """Return the fields that a form would change in a draft."""
    stored = _texts(found.fields, found.guide)
    typed = _texts(said.fields, said.guide or "")
    given = said.given | ({"guide"} if said.guide is not None else set())
    return [
        Difference(key, words, stored[key], typed[key])
        for key, words in WORDS.items()
        if key in given and stored[key] != typed[key]
    ]


def without(said: FormInput, chosen: Sequence[str]) -> FormInput:
    """Return a form that leaves the chosen fields as they are stored."""
    return replace(
        said, given=said.given - frozenset(chosen), guide=None if "guide" in chosen else said.guide
    )


def as_posted(found: ShownDraft) -> list[tuple[str, str]]:
    """Return what the form would post of a stored draft: pairs of a field's name and a value."""
    values = [(key, value or UNSAID.get(key, "")) for key, value in shown_fields(found.fields).items()]
    for row in found.fields.labels:
        values += [("label_name", row.name), ("label_help", row.help)]
    for question in found.fields.questions:
        values += [(f"question_{one.name}", getattr(question, one.name)) for one in fields(question)]
    for attribute in found.fields.attributes:
        values += [(f"attribute_{one.name}", getattr(attribute, one.name)) for one in fields(attribute)]
    values += [("formats", name) for name, chosen in shown_formats(found.fields) if chosen]
    return [*values, ("guide", found.guide)]


def _texts(said: DraftFields, guide: str) -> dict[str, str]:
    """Return the fields as a person reads them: one text each."""
    labels = [f"{row.name}: {row.help}" if row.help else row.name for row in said.labels]
    return {
        **{key: value or UNSAID.get(key, "") for key, value in shown_fields(said).items()},
        "labels": "\n".join(one for one in labels if one),
        "questions": "\n".join(_question(one) for one in said.questions if not one.is_empty),
        "attributes": "\n".join(_attribute(one) for one in said.attributes if not one.is_empty),
        "formats": ", ".join(name for name, chosen in shown_formats(said) if chosen),
        "guide": guide,
    }


def _question(row: QuestionRow) -> str:
    more = (
        row.task,
        ", ".join(row.labels.splitlines()),
        f"asked where {row.when}" if row.when else "",
        f"weight {row.weight}" if row.weight else "",
        "may be left out" if row.required else "",
    )
    return "; ".join([f"{name_of(row)}: {row.ask}" if row.ask else name_of(row), *filter(None, more)])


def _attribute(row: AttributeRow) -> str:
    more = (row.kind, ", ".join(row.options.splitlines()), "always" if row.required else "", row.help)
    return "; ".join([row.name, *filter(None, more)])
