"""Who judges an item again that was doubted: somebody else where there is anybody, else the same experts."""

from collections.abc import Sequence

from assay.store.labelling import project_people, task_leases
from assay.store.scope import Scope


def reopen_where_nobody_is_left(scope: Scope, project: int, items: Sequence[int]) -> None:
    """Let experts be asked once more about those of these items that all of them have judged; in a transaction.

    Their earlier answers stay, and with them they stay excluded from a blind look at the item: what an expert judges twice
    is a review, never a fresh judgement of an audit.
    """
    experts = {
        one.id
        for one in project_people.list_people(scope, project)
        if one.is_expert and one.state == "active"
    }
    seen: dict[int, set[int]] = {}
    for item, person, _, _ in task_leases.touched(items):
        seen.setdefault(item, set()).add(person)
    closed = [item for item in items if experts and experts <= seen.get(item, set())]
    if closed:
        task_leases.reopen_for(closed, people=sorted(experts))
