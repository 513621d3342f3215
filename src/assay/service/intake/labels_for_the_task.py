"""Whether the labels and questions of an intake are those that its task type can have."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from assay.core.did_you_mean import one_of
from assay.core.errors import BadValue, InputError, MissingKey, place_of
from assay.core.labels.label_values import LabelSchema, Question, schema_of, schema_of_questions
from assay.core.labels.loss_rules import ATTRIBUTES, LossRule
from assay.core.ports.task_type import TaskType
from assay.core.project.document_lines import Located
from assay.core.project.intake_keys import KEYS
from assay.tasktypes import TASK_TYPES


def fit_to_task(
    schema: LabelSchema, *, task: TaskType, document: Located, problems: list[InputError]
) -> LabelSchema:
    """Return the labels with the task type's own where the intake names none; what does not fit is added to `problems`."""
    # Labels that are wrong in themselves are not also too few, or missing.
    wrong = {place_of(one)[0].partition(".")[0] for one in problems}
    if task.has_questions:
        if not schema.questions and "questions" not in wrong:
            meaning = KEYS[""]["questions"]
            problems.append(MissingKey(where=document.where, key="questions", meaning=meaning))
        return schema_of_questions(
            [_fit_question(one, of=task, document=document, problems=problems) for one in schema.questions]
        )
    if schema.questions:
        node = at(document, ("questions",))
        asking = ", ".join(sorted(name for name, one in TASK_TYPES.all().items() if one.has_questions))
        expected = f"left out: the task {task.name} asks one; several are asked by {asking}"
        problems.append(BadValue(where=node.where, key="questions", found=node.found(), expected=expected))
        return schema
    return _fit(schema, task=task, node=document, above="", problems=problems, told="labels" in wrong)


def _fit_question(
    question: Question, *, of: TaskType, document: Located, problems: list[InputError]
) -> Question:
    node = next(
        one
        for one in at(document, ("questions",)).elements()
        if one.kind == "map" and at(one, ("name",)).content == question.name
    )
    known = sorted(
        name
        for name, one in TASK_TYPES.all().items()
        if not one.has_questions and (of.media is None or one.media in (None, of.media))
    )
    if question.task not in known:
        expected = one_of(question.task, known)
        where = at(node, ("task",)).where
        problems.append(
            BadValue(where=where, key="questions.task", found=f"'{question.task[:80]}'", expected=expected)
        )
        return question
    task = TASK_TYPES.get(question.task)
    lines = [place_of(one)[1] for one in problems if place_of(one)[0].startswith("labels")]
    inside = range(node.line or 0, _last_line(node) + 1)
    schema = _fit(
        question.schema,
        task=task,
        node=node,
        above="questions.",
        problems=problems,
        told=any(line in inside for line in lines),
    )
    return replace(question, schema=schema)


def _fit(
    schema: LabelSchema,
    *,
    task: TaskType,
    node: Located,
    above: str,
    problems: list[InputError],
    told: bool,
) -> LabelSchema:
    """Look at the labels of one question, or of the only one; `node` is what names them, `above` its key with a dot."""
    if not told:
        try:
            schema = settle_labels(schema, task=task, where=at(node, ("labels",)).where, key=f"{above}labels")
        except InputError as problem:
            problems.append(problem)
    problems += _unfit_parameters(schema, loss=task.loss, node=node, above=above)
    if schema.has_attributes and ATTRIBUTES not in task.loss.parameters:
        place = "attributes" if at(node, ("attributes",)) is not node else "labels"
        found = at(node, (place,))
        expected = f"left out: the task {task.name} marks no objects"
        problems.append(
            BadValue(where=found.where, key=above + place, found=found.found(), expected=expected)
        )
    return schema


def settle_labels(
    schema: LabelSchema, *, task: TaskType, where: str = "the intake", key: str = "labels"
) -> LabelSchema:
    """Return the schema with the task type's own labels where it names none.

    Args:
        schema: as read.
        task: the task type.
        where: where the labels stand, for messages.
        key: their key, for messages.

    Raises:
        MissingKey: if neither the intake nor the task type names labels.
        BadValue: if there are too few.
    """
    own, count = task.labels, len(schema.classes)
    if not count:
        if not own:
            raise MissingKey(where=where, key=key, meaning=KEYS[""]["labels"])
        return replace(schema, classes=schema_of(own).classes)
    if count < task.fewest_labels:
        expected = f"a list of at least {task.fewest_labels} labels for the task {task.name}"
        raise BadValue(where=where, key=key, found=f"a list of {count}", expected=expected)
    strange = [name for name in schema.names if own and name not in own]
    if strange:
        raise BadValue(where=where, key=key, found=f"'{strange[0]}'", expected=one_of(strange[0], own))
    return schema


def _unfit_parameters(
    schema: LabelSchema, *, loss: LossRule, node: Located, above: str
) -> Iterator[InputError]:
    """Yield what the task type's loss does not take of `comparison`."""
    for name, value in schema.parameters:
        found = at(node, ("comparison", name))
        if expected := loss.unfit(name, value):
            if any(one.name == name for one in loss.parameters):
                key = f"{above}comparison.{name}"
                yield BadValue(where=found.where, key=key, found=found.found(), expected=expected)
            else:
                key = f"{above}comparison"
                yield BadValue(where=found.where, key=key, found=f"'{name}'", expected=expected)


def at(node: Located, place: Sequence[str]) -> Located:
    """Return what stands at a place of a document, or the last thing above it that is there."""
    for key in place:
        found = dict(node.items()).get(key) if node.kind == "map" else None
        if found is None:
            break
        node = found
    return node


def _last_line(node: Located) -> int:
    below = [one for _, one in node.items()] if node.kind == "map" else []
    below += node.elements() if node.kind == "list" else ()
    return max([node.line or 0, *map(_last_line, below)])
