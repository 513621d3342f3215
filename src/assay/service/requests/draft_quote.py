"""What a draft would take: its plan as ranges, and the contract in plain words.

A plan is rehearsed for seconds on a core, so a worker does that (`work_out_quotes`); whoever asks waits by asking again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import AssayError
from assay.core.ids import sha256
from assay.core.planning.plan import Plan
from assay.core.project.intake import Intake
from assay.service import figures_in_words
from assay.service.access.permissions import Actor, require
from assay.service.quality.plan_and_quote import load_plan
from assay.service.quality.prices_by_quality import QuotePrice, prices_of
from assay.service.requests.draft_files import state_of_files
from assay.service.requests.draft_source import checked
from assay.service.requests.drafts import draft_folder, member_of
from assay.store import db
from assay.store.projects.drafts import DraftRow, draft_by_id
from assay.store.projects.wanted_quotes import WAITING, ask_quote

HOUR: Final = 3_600_000_000


@dataclass(frozen=True, slots=True)
class DraftQuote:
    """What a draft would take; without a `plan` it is still `waiting` for a worker, or `problem` says why there is none."""

    plan: Plan | None
    intake: Intake | None
    prices: Sequence[QuotePrice] = ()
    contract: Sequence[str] = ()
    problem: str = ""
    waiting: bool = False


def quote_draft(actor: Actor, *, draft: int, now: int) -> DraftQuote:
    """Return the quote of a draft, or that it is being worked out as long as somebody asks for it.

    What keeps a draft from having one is told in a sentence, not raised.
    """
    require(actor, "edit a draft", now=now)
    row = draft_by_id(actor.scope, member=member_of(actor), draft=draft)
    folder = draft_folder(row)
    try:
        intake = checked(folder, row.text).intake
    except AssayError as problem:
        return DraftQuote(None, None, problem=said(problem, folder))
    with db.transaction():
        found = ask_quote(actor.scope, draft=row.id, member=row.member, key=quote_key(row, now=now), now=now)
    if found.state == WAITING:
        return DraftQuote(None, None, waiting=True)
    if found.problem:
        return DraftQuote(None, None, problem=found.problem)
    plan = load_plan(found.plan)
    return DraftQuote(
        plan=plan, intake=intake, prices=prices_of(plan, intake), contract=contract_of(plan, intake)
    )


def quote_key(row: DraftRow, *, now: int) -> str:
    """Return what names a quote: all that it depends on, and the hour, since real people start now."""
    folder = draft_folder(row)
    return sha256(
        "\n".join((str(row.id), _priced(row.text), state_of_files(folder), str(now // HOUR))).encode()
    )


def contract_of(plan: Plan, intake: Intake) -> list[str]:
    """Return what is agreed by submitting, sentence by sentence."""
    currency = intake.money.currency
    low, mid, high = (
        figures_in_words.money(round(x), currency) for x in (plan.price.low, plan.price.mid, plan.price.high)
    )
    names = intake.schema.names
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    quality, prices = intake.quality, intake.money
    proof = figures_in_words.share(quality.confidence)
    accepted = (
        "The batch is accepted by itself as soon as it is certified."
        if intake.accept == "if_certified"
        else "Then you look at the labels, and accept them or send items back with a remark."
    )
    return [
        f"About {figures_in_words.many(plan.items, 'item')} are labelled: {intake.task.replace('_', ' ')},"  # noqa: ISC004
        f" with the labels {shown}.",
        f"At least {figures_in_words.share(quality.right)} of the labels are right. This is proven with {proof} confidence"  # noqa: ISC004
        " by a random sample that experts judge blind, and certified.",
        f"{_people(intake)} Each item gets {_answers(intake)}, and no more than the target needs.",
        f"It costs about {mid} ({low} to {high}): {_per_answer(plan, intake)} and"  # noqa: ISC004
        f" {figures_in_words.money(prices.expert, currency)} per expert judgement.",
        f"It is finished about {figures_in_words.day(plan.finish.date().isoformat())}. A pilot on the first items makes"  # noqa: ISC004
        " price and date firm.",
        _limits(intake),
        accepted,
        f"You get {', '.join(intake.formats)}, with certificate, data sheet and checksums.",
    ]


def said(problem: AssayError, folder: Path) -> str:
    """Return an error's sentence without places on this machine."""
    return str(problem).replace(f"{folder}/", "").replace(str(folder), "the upload")


def _priced(text: str) -> str:
    """Return what of an intake the plan depends on: its name and instructions do not matter."""
    return "\n".join(
        line for line in text.splitlines() if not line.startswith(("name:", "instructions:", "accept:"))
    )


def _people(intake: Intake) -> str:
    kind = intake.workforce.kind
    if kind == "people":
        return "People of your organisation label, whoever is free."
    return f"This is a rehearsal with {kind} people; its certificate says so in red."


def _answers(intake: Intake) -> str:
    if intake.least == intake.most:
        return figures_in_words.many(intake.least, "answer")
    return f"{intake.least} to {intake.most} answers"


def _per_answer(plan: Plan, intake: Intake) -> str:
    price = intake.money.answer
    if price.is_fixed:
        return f"{figures_in_words.money(price.cents, intake.money.currency)} per answer"
    expected = "" if plan.work is None else f", {figures_in_words.expected_price_of_work(plan.work)},"
    return f"{figures_in_words.price_of_work(price)}{expected}"


def _limits(intake: Intake) -> str:
    limit = intake.approved_price
    until = intake.finish_by or intake.deadline
    if limit is None and until is None:
        return "There is no limit of price or date, so you are not asked before work starts."
    parts = []
    if limit is not None:
        parts.append(f"costs at most {figures_in_words.money(limit, intake.money.currency)}")
    if until is not None:
        parts.append(f"is finished by {figures_in_words.day(until.isoformat())}")
    return f"Work starts without asking you again if it {' and '.join(parts)}; otherwise it waits for your decision."
