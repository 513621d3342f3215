"""The intake: what a requester asks for, as a frozen value, and how it is read.

The YAML file, the web form and the API carry the same fields; this module reads all of them from one
`Located` tree and says in a sentence, with the line, what is wrong.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from assay.core.errors import InputError, raise_all
from assay.core.labels.label_values import LabelSchema
from assay.core.ports.file_format import Columns
from assay.core.project.document_lines import Located
from assay.core.project.intake_questions import read_schema
from assay.core.project.intake_sections import Section
from assay.core.project.price_of_work import (
    COUNTED,
    ITEM,
    MOST_TIMES,
    OBJECT,
    AnswerPrice,
    each_item,
)

DATA_CLASSES = ("public", "internal", "personal", "health")
WORKFORCES = ("simulated", "recorded", "people")
_DEAREST: Final = 10_000_000
_USUAL_PRICE: Final = 4
_NAME = re.compile(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}")


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where the items lie. `format` is None where it is to be guessed.

    `finished`: the labels that came along are a finished batch, which is only to be certified.
    """

    path: str
    format: str | None
    columns: Columns
    finished: bool = False

    @property
    def labels(self) -> str | None:
        """The attribute that holds labels to be looked at again, or None."""
        return self.columns.label


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
    answer: AnswerPrice
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
    """Read an intake.

    Raises:
        UnknownKey, MissingKey, BadValue: naming the line.
        SeveralProblems: if several things are wrong, all of them.
    """
    problems: list[InputError] = []
    intake = gather_intake(document, problems)
    raise_all(problems, where=document.source)
    return intake


def gather_intake(document: Located, problems: list[InputError]) -> Intake:
    """Read an intake and add what is wrong with it to `problems`: where there is any, the intake is no use but to look on."""
    top = Section(document, "", problems)
    version = top.text("assay")
    if version and version != "1":
        top.bad("assay", "1, the only version there is")
    name = top.text("name")
    if name and not _NAME.fullmatch(name):
        top.bad("name", "1 to 63 letters, digits and single dashes between them")
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
            columns=Columns(
                id=data.optional("id"),
                media=data.optional("media"),
                text=data.optional("text"),
                label=data.optional("labels"),
            ),
            finished=_read_finished(data, known=known),
        ),
        schema=read_schema(top, problems),
        instructions=top.optional("instructions"),
        known=_read_known(known),
        quality=Quality(
            right=quality.share("right", default=0.95), confidence=quality.share("confidence", default=0.95)
        ),
        least=least,
        most=most,
        money=_read_money(top.section("money"), problems),
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


def _read_prelabel(prelabel: Section) -> PrelabelPlan:
    return PrelabelPlan(
        kind=prelabel.optional("kind") or AUTO,
        url=prelabel.optional("url"),
        model=prelabel.optional("model"),
        key_file=prelabel.optional("key_file"),
        automatic=prelabel.maybe_true("automatic"),
    )


def _read_finished(data: Section, *, known: Section) -> bool:
    if not data.maybe_true("finished"):
        return False
    if data.optional("labels") is None:
        data.missing("labels")
    if known.present:
        data.bad("finished", "left out where there are known labels: a finished batch has nobody to control")
    return True


def _read_known(known: Section) -> str | None:
    if not known.present:
        return None
    known.one_of("use", ("control",), default="control")
    return known.text("path")


def _read_examples(examples: Section) -> str | None:
    return examples.text("path") if examples.present else None


def _read_money(money: Section, problems: list[InputError]) -> Money:
    currency = money.optional("currency") or "EUR"
    if not re.fullmatch(r"[A-Z]{3}", currency):
        money.bad("currency", "three capital letters, for example EUR")
    return Money(
        currency=currency,
        budget=money.maybe_whole("budget"),
        answer=_read_answer_price(money, problems),
        expert=money.whole("expert", default=20, low=0, high=_DEAREST),
    )


def _read_answer_price(money: Section, problems: list[InputError]) -> AnswerPrice:
    """Read cents, or a mapping that says of what: `{per: object, cents: 3, least: 4, most: 60}`."""
    node = money.node("answer")
    if node is None or node.kind != "map":
        return each_item(money.whole("answer", default=_USUAL_PRICE, low=0, high=_DEAREST))
    said = Section(node, "money.answer", problems)
    for key in ("per", "cents"):
        if said.node(key) is None:
            said.missing(key)
    per = said.one_of("per", COUNTED, default=OBJECT)
    cents = said.whole("cents", default=_USUAL_PRICE, low=0, high=_DEAREST)
    if per == ITEM:
        for key in ("least", "most"):
            if said.node(key) is not None:
                said.bad(key, "left out: per item every answer is paid the same")
        return each_item(cents)
    # What holds nothing has to be looked at as well, and must not be worth an invented object.
    least = said.whole("least", default=cents, low=0, high=_DEAREST)
    most = said.whole("most", default=max(MOST_TIMES * cents, least), low=0, high=MOST_TIMES * _DEAREST)
    if least > most:
        key = "least" if said.node("least") is not None else "most"
        said.bad(key, f"at most {most}, which 'most' says" if key == "least" else f"at least {least}")
    return AnswerPrice(per=per, cents=cents, least=least, most=max(least, most))


def _read_workforce(workforce: Section) -> WorkforcePlan:
    plan = WorkforcePlan(
        kind=workforce.one_of("kind", WORKFORCES, default="people"),
        people=workforce.whole("people", default=30, low=1, high=100_000),
        experts=workforce.whole("experts", default=3, low=1, high=1_000),
        truth=workforce.optional("truth"),
        answers=workforce.optional("answers"),
    )
    if plan.kind != "people" and plan.truth is None:
        workforce.missing("truth")
    if plan.kind == "recorded" and plan.answers is None:
        workforce.missing("answers")
    return plan


def _read_formats(deliver: Section) -> tuple[str, ...]:
    node = deliver.node("formats")
    if node is None or node.kind == "nothing":
        return ("augmented_manifest", "csv", "jsonl")
    if node.kind != "list" or any(element.kind != "text" for element in node.elements()):
        deliver.bad("formats", "a list of format names")
        return ()
    return tuple(dict.fromkeys(str(element.content) for element in node.elements()))
