"""Which of two responses is better."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from assay.core.labels.values.value_kind import LabelValue, Unfit, ValueKind

FIRST, SECOND, TIE = "first", "second", "tie"

WINNERS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("first", "1", "a", "left", "response_a"), FIRST),
    **dict.fromkeys(("second", "2", "b", "right", "response_b"), SECOND),
    **dict.fromkeys(("tie", "0", "equal", "both", "none", "null"), TIE),
}
"""How files spell the winner of a pair."""


@dataclass(frozen=True, slots=True)
class Preference(LabelValue):
    """Which of two responses is better: `first`, `second`, or `tie`."""

    winner: str


def _read(found: Any) -> Preference:
    if isinstance(found, Mapping):
        if "winner" not in found:
            raise Unfit("it has no 'winner'")
        found = found["winner"]
    winner = WINNERS.get(str(found).strip().lower())
    if winner is None or isinstance(found, float):
        raise Unfit("the winner must be first, second or tie")
    return Preference(winner)


KIND: Final = ValueKind(
    tag="winner",
    called="preferences",
    holds=Preference,
    read=_read,
    content=lambda value: {"winner": value.winner},
    names=lambda value: (value.winner,),
    renamed=lambda value, _new: value,
    words=lambda value: "neither is better" if value.winner == TIE else f"the {value.winner} is better",
    keys=("winner",),
)
