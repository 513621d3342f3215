"""Who waits while others go first: whoever has given their share of a batch, or is of the reserve, while enough others are at work."""

from dataclasses import replace
from typing import Final

from assay.core.workforce.whom_to_ask import FAIR, limit
from assay.service.working_set.label_queues import LABEL, Rules
from assay.store.labelling.project_people import PersonRow, crew_of, is_alone, served_to

AT_WORK: Final = 300_000_000
"""Whoever took an item within so many microseconds, and still has it, is at work; others are not waited for."""


def others_first(rules: Rules, *, person: PersonRow, now: int) -> bool:
    """Whether a labeller is served nothing just now because others go first."""
    served = served_to(rules.batch, person=person.id, queue=LABEL)
    return not person.is_expert and is_to_wait(rules, person=person, served=served, now=now)


def is_to_wait(rules: Rules, *, person: PersonRow, served: int, now: int) -> bool:
    """Say whether others go first: somebody has given as much as they may, and enough of those are at work who have not.

    All who are of the reserve give a tenth together. Nobody waits for people who are not there.
    """
    fair = replace(FAIR, most=rules.exposure)
    if served < (fair.start if person.reserve else limit(rules.answers, fairness=fair)):
        return False
    since = now - AT_WORK
    if is_alone(rules.batch, person=person.id, since=since, now=now):  # the cheaper question first
        return False
    crew = crew_of(rules.batch, project=person.project, queue=LABEL, since=since, now=now)
    # Answers are counted when they are looked at, which may lag: here what was handed out counts.
    given = max(rules.answers, sum(one.served for one in crew))
    among = sum(one.reserve for one in crew) if person.reserve else 0
    if served < limit(given, among=among, fairness=fair):
        return False
    most = limit(given, fairness=fair)
    others = [one for one in crew if one.at_work and not one.reserve and one.person != person.id]
    return sum(one.served < most for one in others) >= max(1, fair.enough - 1)
