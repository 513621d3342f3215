"""The intake: what a requester asks for, as a frozen value, and how it is read.

The YAML file, the web form and the API carry the same fields; this module reads all of them from one
`Located` tree and says in a sentence, with the line, what is wrong. Keys are data: `KEYS` lists them
with their meaning, and the documents are checked against it.
"""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

from assay.core.errors import BadValue, MissingKey, UnknownKey
from assay.core.labels import LabelClass, LabelSchema, schema_of
from assay.core.ports import Columns
from assay.core.project.located import Located

KEYS: Final[dict[str, dict[str, str]]] = {
    "": {
        "assay": "the version of this file's layout, 1",
        "name": "what the project is called: letters, digits and dashes, at most 63",
        "task": "the task type's name",
        "data": "where the items lie",
        "labels": "the labels that answers may use; a task type may have its own",
        "instructions": "the file with the instructions for labellers",
        "known": "items whose label is known, used as control items",
        "examples": "worked examples, on which labellers train before they start",
        "quality": "the quality target",
        "prelabel": "the model that proposes labels",
        "redundancy": "how many answers an item may get",
        "money": "currency, budget and prices, in cents",
        "deadline": "the date by which the data set is needed",
        "class": "the data class: public, internal, personal or health",
        "workforce": "who labels: simulated, recorded or people",
        "approve": "standing decisions: within them nobody is asked",
        "accept": "by_hand, or if_certified",
        "start": "where the logical clock of simulated and recorded runs starts",
        "deliver": "where to deliver and in which formats",
    },
    "data": {
        "path": "file or folder",
        "format": "folder, csv, jsonl, parquet or manifest",
        "id": "the column or key that holds the item's id",
        "media": "the column or key that holds the media's path",
        "text": "the column or key that holds the text",
        "labels": "the label attribute that people look at again, where the items are labelled already",
    },
    "labels": {
        "name": "the label",
        "help": "what labellers read about it",
        "labels": "the labels below this one, which answers may use in its place: their names are joined by a slash",
    },
    "known": {"path": "a CSV with the columns item,label", "use": "control"},
    "examples": {"path": "a CSV with the columns item,label and, where there is something to say, why"},
    "quality": {
        "right": "the share of items that must be right, for example 0.95",
        "confidence": "the confidence of the proof, for example 0.95",
    },
    "prelabel": {
        "kind": "auto (a model that learns as labels come), none, or a model that is there already",
        "url": "where the model listens",
        "model": "which model it is to use",
        "key_file": "the file that holds its access key",
        "automatic": "true or false: whether items that models are sure of are labelled without people",
    },
    "redundancy": {"min": "fewest answers per item", "max": "most answers per item"},
    "money": {
        "currency": "three letters",
        "budget": "cents",
        "answer": "cents per answer",
        "expert": "cents per expert judgement",
    },
    "workforce": {
        "kind": "simulated, recorded or people",
        "people": "how many labellers a simulated workforce has",
        "experts": "how many experts a simulated workforce has",
        "truth": "a CSV with the columns item,label that simulated people and experts look at",
        "answers": "a CSV with the columns item,worker,label of recorded answers",
    },
    "approve": {"max_price": "cents up to which a quote is agreed", "finish_by": "date up to which it is"},
    "deliver": {"to": "the folder for deliveries", "formats": "the label file formats to write"},
}

DATA_CLASSES = ("public", "internal", "personal", "health")
WORKFORCES = ("simulated", "recorded", "people")
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where the items lie. `format` is None where it is to be guessed.

    `labels` names the attribute that holds labels to be looked at again, or is None.
    """

    path: str
    format: str | None
    columns: Columns
    labels: str | None = None


@dataclass(frozen=True, slots=True)
class Quality:
    """The target: at least `right` of the items right, proven at `confidence`; both in (0, 1)."""

    right: float
    confidence: float

    @property
    def allowed(self) -> float:
        """Alpha: the share of items that may be wrong."""
        return round(1.0 - self.right, 12)

    @property
    def delta(self) -> float:
        """The risk of certifying a batch that does not meet the target."""
        return round(1.0 - self.confidence, 12)


@dataclass(frozen=True, slots=True)
class Money:
    """Prices in cents of `currency`."""

    currency: str
    budget: int | None
    answer: int
    expert: int


@dataclass(frozen=True, slots=True)
class WorkforcePlan:
    """Who labels; paths are as written in the intake."""

    kind: str
    people: int
    experts: int
    truth: str | None
    answers: str | None


AUTO, NONE = "auto", "none"


@dataclass(frozen=True, slots=True)
class PrelabelPlan:
    """Which model proposes labels: `auto`, `none`, or the name of a kind that is asked; paths as written."""

    kind: str = AUTO
    url: str | None = None
    model: str | None = None
    key_file: str | None = None
    automatic: bool | None = None  # whether models may label alone; None: see `Intake.automatic`


@dataclass(frozen=True, slots=True)
class Intake:
    """Everything a requester says. Paths are as written, relative to `folder` at the door."""

    name: str
    task: str
    data: DataSource
    schema: LabelSchema
    instructions: str | None
    known: str | None
    quality: Quality
    least: int
    most: int
    money: Money
    deadline: date | None
    data_class: str
    workforce: WorkforcePlan
    max_price: int | None
    finish_by: date | None
    accept: str
    start: datetime
    deliver_to: str | None
    formats: tuple[str, ...]
    prelabel: PrelabelPlan = PrelabelPlan()
    examples: str | None = None

    @property
    def approved_price(self) -> int | None:
        """Cents up to which nobody is asked: the standing decision, else the budget; None: no limit."""
        return self.max_price if self.max_price is not None else self.money.budget

    @property
    def automatic(self) -> bool:
        """Whether models may label items without people.

        Where the requester does not say, they may, unless people were asked for by name: several answers per item,
        or labels that came with the data and are to be looked at.
        """
        if self.prelabel.automatic is not None:
            return self.prelabel.automatic
        return self.least == 1 and self.data.labels is None


def read_intake(document: Located) -> Intake:
    """Read an intake; raises `UnknownKey`, `MissingKey` or `BadValue` naming the line."""
    top = _Section(document, "")
    version = top.text("assay")
    if version != "1":
        raise top.bad("assay", "1, the only version there is")
    name = top.text("name")
    if not _NAME.fullmatch(name):
        raise top.bad("name", "1 to 63 letters, digits and single dashes between them")
    data = top.section("data", required=True)
    quality = top.section("quality")
    redundancy = top.section("redundancy")
    least = redundancy.whole("min", default=1, low=1, high=50)
    most = redundancy.whole("max", default=max(7, least), low=least, high=50)
    approve = top.section("approve")
    deliver = top.section("deliver")
    known = top.section("known")
    return Intake(
        name=name,
        task=top.text("task"),
        data=DataSource(
            path=data.text("path"),
            format=data.optional("format"),
            columns=Columns(id=data.optional("id"), media=data.optional("media"), text=data.optional("text")),
            labels=data.optional("labels"),
        ),
        schema=_read_labels(top),
        instructions=top.optional("instructions"),
        known=_read_known(known),
        quality=Quality(
            right=quality.share("right", default=0.95), confidence=quality.share("confidence", default=0.95)
        ),
        least=least,
        most=most,
        money=_read_money(top.section("money")),
        deadline=top.day("deadline"),
        data_class=top.one_of("class", DATA_CLASSES, default="internal"),
        workforce=_read_workforce(top.section("workforce")),
        max_price=approve.maybe_whole("max_price"),
        finish_by=approve.day("finish_by"),
        accept=top.one_of("accept", ("by_hand", "if_certified"), default="by_hand"),
        start=top.moment("start"),
        deliver_to=deliver.optional("to"),
        formats=_read_formats(deliver),
        prelabel=_read_prelabel(top.section("prelabel")),
        examples=_read_examples(top.section("examples")),
    )


def _read_labels(top: "_Section") -> LabelSchema:
    node = top.node("labels")
    if node is None or node.kind == "nothing":
        return LabelSchema(())
    if node.kind != "list" or not node.elements():
        raise top.bad("labels", "a list of labels")
    classes: list[LabelClass] = []
    for element, label in _leaves(node, above=""):
        if not label.name.strip() or len(label.name) > 256 or not label.name.isprintable():
            raise BadValue(
                where=element.where,
                key="name",
                found=f"'{label.name}'",
                expected="a label of 1 to 256 printable characters",
            )
        if label.name in {other.name for other in classes}:
            raise BadValue(
                where=element.where, key="name", found=f"'{label.name}' again", expected="a label named once"
            )
        classes.append(label)
    return LabelSchema(classes=tuple(classes))


def _leaves(node: Located, *, above: str) -> Iterator[tuple[Located, LabelClass]]:
    """Yield the labels of a tree that have no labels below them, with their path as their name."""
    for element in node.elements():
        if element.kind == "text":
            yield element, LabelClass(name=above + str(element.content))
            continue
        entry = _Section(element, "labels")
        below = entry.node("labels")
        if below is None or below.kind == "nothing":
            yield element, LabelClass(name=above + entry.text("name"), help=entry.optional("help") or "")
        elif below.kind != "list" or not below.elements():
            raise entry.bad("labels", "a list of labels")
        else:
            yield from _leaves(below, above=f"{above}{entry.text('name')}/")


def settle_labels(intake: Intake, *, own: tuple[str, ...], fewest: int) -> Intake:
    """Return the intake with the task type's own labels where it names none.

    Args:
        intake: as read.
        own: the task type's labels (`TaskType.labels`).
        fewest: how many labels the task needs at least.

    Raises:
        MissingKey: if neither the intake nor the task type names labels.
        BadValue: if there are too few.
    """
    if not intake.schema.classes:
        if not own:
            raise MissingKey(where="the intake", key="labels", meaning=KEYS[""]["labels"])
        return replace(intake, schema=schema_of(own))
    if len(intake.schema.classes) < fewest:
        raise BadValue(
            where="the intake",
            key="labels",
            found=f"a list of {len(intake.schema.classes)}",
            expected=f"a list of at least {fewest} labels for the task {intake.task}",
        )
    strange = [name for name in intake.schema.names if own and name not in own]
    if strange:
        raise BadValue(
            where="the intake", key="labels", found=f"'{strange[0]}'", expected=f"one of {', '.join(own)}"
        )
    return intake


def _read_prelabel(prelabel: "_Section") -> PrelabelPlan:
    return PrelabelPlan(
        kind=prelabel.optional("kind") or AUTO,
        url=prelabel.optional("url"),
        model=prelabel.optional("model"),
        key_file=prelabel.optional("key_file"),
        automatic=prelabel.maybe_true("automatic"),
    )


def _read_known(known: "_Section") -> str | None:
    if not known.present:
        return None
    known.one_of("use", ("control",), default="control")
    return known.text("path")


def _read_examples(examples: "_Section") -> str | None:
    return examples.text("path") if examples.present else None


def _read_money(money: "_Section") -> Money:
    currency = money.optional("currency") or "EUR"
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise money.bad("currency", "three capital letters, for example EUR")
    return Money(
        currency=currency,
        budget=money.maybe_whole("budget"),
        answer=money.whole("answer", default=4, low=0, high=10_000_000),
        expert=money.whole("expert", default=20, low=0, high=10_000_000),
    )


def _read_workforce(workforce: "_Section") -> WorkforcePlan:
    plan = WorkforcePlan(
        kind=workforce.one_of("kind", WORKFORCES, default="people"),
        people=workforce.whole("people", default=30, low=1, high=100_000),
        experts=workforce.whole("experts", default=3, low=1, high=1_000),
        truth=workforce.optional("truth"),
        answers=workforce.optional("answers"),
    )
    if plan.kind != "people" and plan.truth is None:
        raise workforce.missing("truth")
    if plan.kind == "recorded" and plan.answers is None:
        raise workforce.missing("answers")
    return plan


def _read_formats(deliver: "_Section") -> tuple[str, ...]:
    node = deliver.node("formats")
    if node is None or node.kind == "nothing":
        return ("augmented_manifest", "csv", "jsonl")
    if node.kind != "list" or any(element.kind != "text" for element in node.elements()):
        raise deliver.bad("formats", "a list of format names")
    return tuple(dict.fromkeys(str(element.content) for element in node.elements()))


class _Section:
    """One mapping of the intake, read key by key; unknown keys are refused when it is opened."""

    def __init__(self, node: Located | None, path: str) -> None:
        """Open a mapping; raises `UnknownKey` or `BadValue`."""
        self.path = path
        self.present = node is not None and node.kind != "nothing"
        self._node = node
        self._pairs: dict[str, Located] = {}
        if node is None or node.kind == "nothing":
            return
        if node.kind != "map":
            raise BadValue(
                where=node.where,
                key=path or "intake",
                found=node.found(),
                expected="a mapping of keys to values",
            )
        for key, value in node.items():
            if key not in KEYS[path]:
                raise UnknownKey(where=value.where, key=key, nearest=_nearest(key, tuple(KEYS[path])))
            if key in self._pairs:
                raise BadValue(where=value.where, key=key, found="given twice", expected="given once")
            self._pairs[key] = value

    def node(self, key: str) -> Located | None:
        return self._pairs.get(key)

    def section(self, key: str, *, required: bool = False) -> "_Section":
        node = self._pairs.get(key)
        if required and (node is None or node.kind == "nothing"):
            raise self.missing(key)
        return _Section(node, key)

    def missing(self, key: str) -> MissingKey:
        where = self._node.where if self._node is not None else "the intake"
        return MissingKey(
            where=where, key=f"{self.path}.{key}" if self.path else key, meaning=KEYS[self.path][key]
        )

    def bad(self, key: str, expected: str) -> BadValue:
        node = self._pairs[key]
        return BadValue(where=node.where, key=key, found=node.found(), expected=expected)

    def optional(self, key: str) -> str | None:
        node = self._pairs.get(key)
        if node is None or node.kind == "nothing":
            return None
        if node.kind != "text":
            raise self.bad(key, "one value")
        return str(node.content)

    def text(self, key: str) -> str:
        found = self.optional(key)
        if found is None or not found.strip():
            raise self.missing(key)
        return found

    def one_of(self, key: str, allowed: tuple[str, ...], *, default: str) -> str:
        found = self.optional(key)
        if found is None:
            return default
        if found not in allowed:
            raise self.bad(key, f"one of {', '.join(allowed)}")
        return found

    def maybe_true(self, key: str) -> bool | None:
        found = self.optional(key)
        if found is None:
            return None
        if found not in ("true", "false"):
            raise self.bad(key, "true or false")
        return found == "true"

    def maybe_whole(self, key: str) -> int | None:
        found = self.optional(key)
        if found is None:
            return None
        if not re.fullmatch(r"\d{1,15}", found):
            raise self.bad(key, "a whole number")
        return int(found)

    def whole(self, key: str, *, default: int, low: int, high: int) -> int:
        found = self.maybe_whole(key)
        if found is None:
            return default
        if not low <= found <= high:
            raise self.bad(key, f"a whole number from {low} to {high}")
        return found

    def share(self, key: str, *, default: float) -> float:
        found = self.optional(key)
        if found is None:
            return default
        try:
            value = float(found)
        except ValueError:
            value = -1.0
        if not 0.5 <= value <= 0.9999:
            raise self.bad(key, "a share from 0.5 to 0.9999")
        return value

    def day(self, key: str) -> date | None:
        found = self.optional(key)
        if found is None:
            return None
        try:
            return date.fromisoformat(found)
        except ValueError:
            raise self.bad(key, "a date such as 2026-12-20") from None

    def moment(self, key: str) -> datetime:
        found = self.optional(key)
        if found is None:
            return datetime(2026, 1, 1, 9, tzinfo=UTC)
        try:
            moment = datetime.fromisoformat(found)
        except ValueError:
            raise self.bad(key, "a time such as 2026-11-23T09:00:00Z") from None
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _nearest(key: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(key, known, n=1, cutoff=0.0)
    return found[0]
