"""What a further batch of a project asks for: its own data, dates and limits; everything else is its project's.

It is written like an intake and has some of its keys. Its paths are relative to a folder of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import PurePath
from typing import Final

from assay.core.errors import InputError, raise_all
from assay.core.ports.file_format import Columns
from assay.core.project.document_lines import Located
from assay.core.project.intake import DataSource, Intake
from assay.core.project.intake_keys import KEYS
from assay.core.project.intake_sections import Section

OWN: Final[Mapping[str, frozenset[str]]] = {
    "": frozenset({"assay", "data", "money", "deadline", "workforce", "approve"}),
    "money": frozenset({"budget"}),
    "workforce": frozenset({"truth", "answers"}),
}
"""The keys of an intake that a batch has of its own; of the sections not named here, all of theirs."""


@dataclass(eq=False, kw_only=True)
class ProjectsKey(InputError):
    """{where}: '{key}' is its project's, and the same in all of its batches; a further batch says data, deadline, money.budget, approve and, where people are simulated or recorded, workforce.truth and workforce.answers."""

    where: str
    key: str


@dataclass(frozen=True, slots=True)
class FurtherIntake:
    """What a further batch says of its own; None where it says nothing. Money in cents, paths as written."""

    data: DataSource
    deadline: date | None
    budget: int | None
    max_price: int | None
    finish_by: date | None
    truth: str | None
    answers: str | None

    @property
    def has_limit(self) -> bool:
        """Whether it says itself up to which price nobody is asked."""
        return self.budget is not None or self.max_price is not None


def read_further(document: Located) -> FurtherIntake:
    """Read what a further batch asks for.

    Raises:
        UnknownKey, MissingKey, BadValue: naming the line.
        ProjectsKey: for a key that is its project's.
        SeveralProblems: if several things are wrong, all of them.
    """
    problems: list[InputError] = []
    top = Section(document, "", problems)
    _refuse_keys_of_the_project(document, problems)
    data = top.section("data", required=True)
    money, workforce, approve = top.section("money"), top.section("workforce"), top.section("approve")
    made = FurtherIntake(
        data=DataSource(
            path=data.text("path"),
            format=data.optional("format"),
            columns=Columns(
                id=data.optional("id"),
                media=data.optional("media"),
                text=data.optional("text"),
                label=data.optional("labels"),
            ),
        ),
        deadline=top.day("deadline"),
        budget=money.maybe_whole("budget"),
        max_price=approve.maybe_whole("max_price"),
        finish_by=approve.day("finish_by"),
        truth=workforce.optional("truth"),
        answers=workforce.optional("answers"),
    )
    raise_all(problems, where=document.source)
    return made


def intake_of_further(intake: Intake, further: FurtherIntake, *, folder: str, start: datetime) -> Intake:
    """Return a project's intake as one of its further batches sees it.

    Args:
        intake: the project's.
        further: what the batch says of its own.
        folder: where the batch's own paths begin.
        start: where the logical clock of its simulated or recorded people starts.
    """

    def below(path: str | None, otherwise: str | None) -> str | None:
        return otherwise if path is None else str(PurePath(folder) / path)

    money, max_price = intake.money, intake.max_price
    if further.has_limit:
        money, max_price = replace(money, budget=further.budget), further.max_price
    return replace(
        intake,
        data=replace(further.data, path=str(PurePath(folder) / further.data.path)),
        money=money,
        max_price=max_price,
        deadline=further.deadline,
        finish_by=further.finish_by or (None if further.deadline else intake.finish_by),
        workforce=replace(
            intake.workforce,
            truth=below(further.truth, intake.workforce.truth),
            answers=below(further.answers, intake.workforce.answers),
        ),
        start=start,
    )


def _refuse_keys_of_the_project(document: Located, problems: list[InputError]) -> None:
    """Note the keys that an intake has and a further batch may not set."""
    for key, value in document.items() if document.kind == "map" else ():
        if key in KEYS[""] and key not in OWN[""]:
            problems.append(ProjectsKey(where=value.where, key=key))
        for inner, below in value.items() if key in OWN and value.kind == "map" else ():
            if inner in KEYS[key] and inner not in OWN[key]:
                problems.append(ProjectsKey(where=below.where, key=f"{key}.{inner}"))
