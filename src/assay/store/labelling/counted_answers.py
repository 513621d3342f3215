"""Which answers count, in conditions for the store's queries.

Of an answer and those that mend it exactly one does, and of items that are asked about anew only those given since.
"""

from typing import Final

FIRST: Final = "supersedes IS NULL"
"""The answer that a lease got first: one of each, and the one that is paid."""


def counts(answer: str) -> str:
    """Return the condition under which a row of the table `answer`, by this name, is the one of its lease that counts.

    It is the last that mends one in its place, else the first; none where its item was asked about anew later.
    """
    return (
        f"{answer}.in_place AND NOT EXISTS"
        f" (SELECT 1 FROM answer mended WHERE mended.supersedes = {answer}.id AND mended.in_place)"
        " AND NOT EXISTS"
        f" (SELECT 1 FROM asked_anew anew WHERE anew.item_id = {answer}.item_id AND anew.last_answer >= {answer}.id)"
    )
