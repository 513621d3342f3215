"""Charts as data: what `<assay-chart>` draws, and the same as a table."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from assay.service.batches.batch_page import BatchCharts
from assay.service.working_set.label_queues import LABEL, PEER

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: its title, a sentence, what draws it as JSON, and the table behind it."""

    name: str
    title: str
    said: str
    spec: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def charts_of(found: BatchCharts) -> list[Chart]:
    """Return the charts of a batch that have anything to show."""
    made = [_answers(found), _cost(found), _bands(found), _labels(found)]
    return [one for one in made if one.rows]


def _answers(found: BatchCharts) -> Chart:
    days = sorted({one.day for one in found.days})
    people = dict.fromkeys(days, 0)
    experts = dict.fromkeys(days, 0)
    for one in found.days:
        kind = people if one.queue in (LABEL, PEER) else experts
        kind[one.day] += one.answers
    names = [_day(day) for day in days]
    return _chart(
        "answers",
        "Answers per day",
        "What people and experts said.",
        kind="bars",
        names=names,
        series=[("Labellers", [people[day] for day in days]), ("Experts", [experts[day] for day in days])],
        head=("Day", "Labellers", "Experts"),
        rows=[(name, f"{people[day]:,}", f"{experts[day]:,}") for name, day in zip(names, days, strict=True)],
    )


def _cost(found: BatchCharts) -> Chart:
    days = sorted({one.day for one in found.days})
    total, running = [], 0
    for day in days:
        running += sum(one.cents for one in found.days if one.day == day)
        total.append(running)
    names = [_day(day) for day in days]
    goal = [("Budget", found.budget / 100)] if found.budget is not None else []
    ahead = found.price_mid if found.price_mid is not None and found.price_mid > running else None
    expected = "" if ahead is None else f" Expected in the end: about {_money(ahead, found)}."
    return _chart(
        "cost",
        "Cost so far",
        f"{_money(total[-1] if total else 0, found)} so far.{expected}",
        kind="line",
        names=names,
        series=[("Cost so far", [cents / 100 for cents in total])],
        head=("Day", "Cost so far"),
        rows=[(name, _money(cents, found)) for name, cents in zip(names, total, strict=True)],
        unit=found.currency,
        lines=goal + ([("Expected", ahead / 100)] if ahead is not None else []),
    )


def _bands(found: BatchCharts) -> Chart:
    rows = [(name, count) for name, count in found.bands]
    some = any(count for _, count in rows)
    return _chart(
        "risk",
        "How sure the labels are",
        "Settled items by the risk that their label is wrong.",
        kind="rows",
        names=[name for name, _ in rows],
        series=[("Items", [count for _, count in rows])],
        head=("Risk", "Items"),
        rows=[(name, f"{count:,}") for name, count in rows] if some else [],
    )


def _labels(found: BatchCharts) -> Chart:
    shown = [one for one in found.labels if one.count][:30]
    return _chart(
        "labels",
        "Labels so far",
        f"Counted in {found.counted:,} settled items.",
        kind="rows",
        names=[one.label for one in shown],
        series=[("Count", [one.count for one in shown])],
        head=("Label", "Count"),
        rows=[(one.label, f"{one.count:,}") for one in shown],
    )


def _chart(
    name: str,
    title: str,
    said: str,
    *,
    kind: str,
    names: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    unit: str = "",
    lines: Sequence[tuple[str, float]] = (),
) -> Chart:
    spec: dict[str, Any] = {
        "kind": kind,
        "names": list(names),
        "series": [{"name": label, "values": list(values)} for label, values in series],
        "unit": unit,
        "lines": [{"name": label, "value": value} for label, value in lines],
    }
    return Chart(name, title, said, json.dumps(spec, ensure_ascii=False), head, rows)


def _day(day: int) -> str:
    found = datetime.fromtimestamp(day * DAY_SECONDS, tz=UTC)
    return f"{found.day} {found:%b %Y}"


def _money(cents: float, found: BatchCharts) -> str:
    return f"{found.currency} {cents / 100:,.2f}"
