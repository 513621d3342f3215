"""From an intake file's text to an intake: YAML is read with its lines, and nothing is guessed.

Scalars stay text until the intake says what they are: a label named `no` is a label, not a falsehood.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import yaml

from assay.core.did_you_mean import one_of
from assay.core.errors import BadValue, InputError, NotReadable, place_of, raise_all
from assay.core.ids import digest_of
from assay.core.labels.label_values import marks_objects
from assay.core.limits import INTAKE_BYTES
from assay.core.ports.task_type import TaskType
from assay.core.project.document_lines import Located
from assay.core.project.intake import AUTO, NONE, Intake, gather_intake
from assay.core.project.price_of_work import ITEM, MINUTE, OBJECT, PAGE
from assay.formats import FORMATS
from assay.providers.prelabel import PRELABELLERS
from assay.providers.suggest import SUGGESTERS
from assay.service.intake.data_source import FORMAT_NAMES
from assay.service.intake.labels_for_the_task import at, fit_to_task
from assay.tasktypes import TASK_TYPES

LARGEST: Final = INTAKE_BYTES.most
_DEEPEST: Final = 20


@dataclass(eq=False, kw_only=True)
class BadYaml(InputError):
    """{source}, line {line}: this is not readable YAML: {reason}."""

    source: str
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class IntakeFile:
    """An intake as it was received: its text, its digest, the folder its paths are relative to."""

    intake: Intake
    text: str
    digest: str
    folder: Path


def read_intake_file(path: Path) -> IntakeFile:
    """Read an intake file; raises an `InputError` that names file, line or field."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise NotReadable(path=str(path), reason=problem.strerror or "it is not a file") from None
    if len(data) > LARGEST:
        raise NotReadable(path=str(path), reason=f"an intake has at most {LARGEST:,} bytes")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise NotReadable(path=str(path), reason=f"byte {problem.start} is not UTF-8") from None
    return parse_intake(text, source=path.name, folder=path.resolve().parent)


def parse_intake(text: str, *, source: str, folder: Path, stored: bool = False) -> IntakeFile:
    """Read an intake's text; the task type's own labels serve where it names none.

    Of a `stored` intake the names of formats and models were checked when it was filed.

    Raises:
        BadYaml: if it is none.
        UnknownKey, MissingKey, BadValue: naming the line and the key.
        SeveralProblems: if several things are wrong, all of them.
    """
    document = parse_yaml(text, source=source)
    problems: list[InputError] = []
    intake = gather_intake(document, problems)
    if intake.task and intake.task not in TASK_TYPES.names():
        problems.append(_unknown(document, ("task",), intake.task, TASK_TYPES.names()))
    elif intake.task:
        task = TASK_TYPES.get(intake.task)
        schema = fit_to_task(intake.schema, task=task, document=document, problems=problems)
        intake = replace(intake, schema=schema)
        problems += _unpayable(document, intake, task)
    if not stored:
        problems += _unknown_names(document, intake)
    raise_all(sorted(problems, key=lambda one: place_of(one)[1] or 0), where=source)
    return IntakeFile(intake=intake, text=text, digest=digest_of(_plain(document)), folder=folder)


def _unpayable(document: Located, intake: Intake, task: TaskType) -> Iterator[InputError]:
    """Yield that answers are to be paid by the object where they can hold none."""
    if intake.money.answer.per != OBJECT or document.kind != "map":
        return
    asked = [TASK_TYPES.get(one.task) for one in intake.schema.questions if one.task in TASK_TYPES.names()]
    node = at(document, ("money", "answer", "per"))
    if node.content == OBJECT and not any(marks_objects(one.produces) for one in asked or [task]):
        yield BadValue(
            where=node.where,
            key="money.answer.per",
            found=f"'{OBJECT}'",
            expected=f"{ITEM}, {PAGE} or {MINUTE}: answers of the task {task.name} hold no objects",
        )


def _unknown_names(document: Located, intake: Intake) -> Iterator[InputError]:
    """Yield what an intake names that there is not: formats and models."""
    data, kind = intake.data.format, intake.prelabel.kind
    if data is not None and FORMAT_NAMES.get(data, data) not in FORMATS.names():
        yield _unknown(document, ("data", "format"), data, sorted({*FORMATS.names(), *FORMAT_NAMES}))
    models = sorted({AUTO, NONE, *PRELABELLERS.names(), *SUGGESTERS.names()})
    if kind not in models:
        yield _unknown(document, ("prelabel", "kind"), kind, models)
    elif intake.schema.questions and kind not in (AUTO, NONE):
        node = at(document, ("prelabel", "kind"))
        expected = f"left out, or {NONE}: no model that is asked answers several questions yet"
        yield BadValue(where=node.where, key="prelabel.kind", found=node.found(), expected=expected)
    for name in intake.formats:
        if name not in FORMATS.names():
            yield _unknown(document, ("deliver", "formats"), name, FORMATS.names())


def _unknown(document: Located, place: Sequence[str], name: str, known: Sequence[str]) -> InputError:
    return BadValue(
        where=at(document, place).where,
        key=".".join(place),
        found=f"'{name[:80]}'",
        expected=one_of(name, known),
    )


def parse_yaml(text: str, *, source: str) -> Located:
    """Return a YAML document as located nodes; anchors and tags are refused."""
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, (yaml.AliasToken, yaml.AnchorToken, yaml.TagToken)):
                raise BadYaml(
                    source=source,
                    line=token.start_mark.line + 1,
                    reason="anchors, aliases and tags are not used here",
                )
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        reason = problem.problem or problem.context or "it cannot be parsed"
        raise BadYaml(source=source, line=mark.line + 1 if mark else 1, reason=reason) from None
    except yaml.reader.ReaderError as problem:
        line = text.count("\n", 0, int(problem.position)) + 1
        raise BadYaml(source=source, line=line, reason="it holds a character that YAML forbids") from None
    except (RecursionError, ValueError):
        raise BadYaml(source=source, line=1, reason="it is nested too deeply") from None
    if node is None:
        return Located(content=None, kind="nothing", source=source)
    return _located(node, source=source, depth=0)


def _located(node: yaml.Node, *, source: str, depth: int) -> Located:
    line = node.start_mark.line + 1
    if depth > _DEEPEST:
        raise BadYaml(source=source, line=line, reason="it is nested too deeply")
    if isinstance(node, yaml.MappingNode):
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise BadYaml(source=source, line=key.start_mark.line + 1, reason="a key is a single word")
        pairs = tuple(
            (str(key.value), _located(value, source=source, depth=depth + 1)) for key, value in node.value
        )
        return Located(content=pairs, kind="map", source=source, line=line)
    if isinstance(node, yaml.SequenceNode):
        elements = tuple(_located(value, source=source, depth=depth + 1) for value in node.value)
        return Located(content=elements, kind="list", source=source, line=line)
    quoted = isinstance(node, yaml.ScalarNode) and node.style is not None
    empty = node.tag == "tag:yaml.org,2002:null" and not quoted
    return Located(
        content=None if empty else str(node.value),
        kind="nothing" if empty else "text",
        source=source,
        line=line,
    )


def _plain(node: Located) -> object:
    if node.kind == "map":
        return {key: _plain(value) for key, value in node.items()}
    if node.kind == "list":
        return [_plain(value) for value in node.elements()]
    return node.content
