"""Several questions about one item: which of them are asked, and whether what is said answers them."""

from collections.abc import Sequence

from assay.core.labels.label_values import Answers, LabelValue, Question, label_names


def asked(questions: Sequence[Question], said: Answers) -> tuple[Question, ...]:
    """Return the questions that are asked of somebody who answers so, in the order of the project.

    A condition looks at an earlier question: where that one is not asked, or not answered, nor is what depends on it.
    """
    found: dict[str, Question] = {}
    for one in questions:
        if one.when is None or (
            one.when.question in found and _meets(said.to(one.when.question), one.when.labels)
        ):
            found[one.name] = one
    return tuple(found.values())


def _meets(value: LabelValue | None, labels: Sequence[str]) -> bool:
    if value is None:
        return False
    used = label_names(value)
    return any(name in labels for name in used) if labels else bool(used)


def asked_alone(questions: Sequence[Question], said: Answers) -> Answers:
    """Return what is said to the questions that are asked: answers to others are nobody's word."""
    names = {one.name for one in asked(questions, said)}
    if all(name in names for name, _ in said.parts):
        return said
    return Answers(tuple((name, value) for name, value in said.parts if name in names))


def unanswered(questions: Sequence[Question], said: Answers) -> str:
    """Return the first question that is asked, must be answered and is not; "" where there is none."""
    given = {name for name, _ in said.parts}
    return next((one.name for one in asked(questions, said) if one.required and one.name not in given), "")
