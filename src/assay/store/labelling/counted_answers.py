"""Which answers count: of an answer and those that mend it exactly one, in conditions for the store's queries."""

from typing import Final

FIRST: Final = "supersedes IS NULL"
"""The answer that a lease got first: one of each, and the one that is paid."""


def counts(answer: str) -> str:
    """Return the condition under which a row of the table `answer`, by this name, is the one of its lease that counts.

    It is the last that mends one in its place, else the first.
    """
    return (
        f"{answer}.in_place AND NOT EXISTS"
        f" (SELECT 1 FROM answer mended WHERE mended.supersedes = {answer}.id AND mended.in_place)"
    )
