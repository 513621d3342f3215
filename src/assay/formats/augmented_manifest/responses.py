"""The side files of worker responses: who said what about one line of a manifest.

Their shape is that of a custom labelling job without a post-annotation function (SageMaker developer guide,
"Output data"): rankings of two responses, where 1 is the better one and equal ranks are a tie.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import FIRST, SECOND, TIE, GivenLabel, LabelledItem, Preference
from assay.core.layouts.label_columns import value_of
from assay.core.limits import MANIFEST_RESPONSE
from assay.core.ports.file_format import LeftOut, Naming

FOLDER: Final = "annotations/worker-response/iteration-1"
MOST_BYTES: Final = MANIFEST_RESPONSE.most

_RANKS: Final = {FIRST: [1, 2], SECOND: [2, 1], TIE: [1, 1]}
_UNSAFE = re.compile(r"[^0-9:_-]")


def write_responses(item: LabelledItem, home: Path, naming: Naming, *, index: int) -> str:
    """Write the answers to one item below the folder `home`; return the file's path within it."""
    stamp = _UNSAFE.sub("-", (item.made_at or item.answers[-1].at)[:19].replace("T", "_"))
    reference = f"{FOLDER}/{index}/{stamp}.json"
    file = home / reference
    file.parent.mkdir(parents=True, exist_ok=True)
    answers = [_answer(given, naming.attribute) for given in item.answers]
    content = {"datasetObjectId": str(index), "inputContent": {}, "answers": answers}
    with file.open("xb") as out:
        out.write(msgspec.json.encode(content))
    return reference


def _answer(given: GivenLabel, name: str) -> dict[str, object]:
    winner = given.value.winner if isinstance(given.value, Preference) else TIE
    ranking = {"name": name, "allowTie": True, "responseRankings": _RANKS[winner]}
    return {
        "acceptanceTime": _moment(given.at, before=given.seconds),
        "submissionTime": _moment(given.at),
        "timeSpentInSeconds": round(given.seconds, 3),
        "workerId": given.person,
        "workerMetadata": {},
        "answerContent": {"ordinalRankingDimensions": [ranking]},
    }


def _moment(at: str, *, before: float = 0.0) -> str:
    """Return a moment as Ground Truth writes it; what is no moment stays as it is."""
    try:
        moment = datetime.fromisoformat(at) - timedelta(seconds=before)
    except (ValueError, OverflowError):
        return at
    return moment.isoformat(timespec="milliseconds") + "Z"


def read_responses(reference: object, home: Path, left_out: LeftOut) -> tuple[GivenLabel, ...]:
    """Return the answers in a side file below `home`; none where it is not there or holds none."""
    if not isinstance(reference, str) or not reference or "://" in reference or "\0" in reference:
        return ()
    try:
        file = (home / reference).resolve()
        if not file.is_relative_to(home.resolve()) or file.stat().st_size > MOST_BYTES:
            return ()
        content = msgspec.json.decode(file.read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    answers = content.get("answers") if isinstance(content, dict) else None
    if not isinstance(answers, list):
        return ()
    given = (_given(answer, left_out) for answer in answers if isinstance(answer, dict))
    return tuple(one for one in given if one is not None)


def winner_of(answers: Sequence[GivenLabel]) -> str:
    """Return what most answers say; a tie where as many are for the one as for the other."""
    said = [given.value.winner for given in answers if isinstance(given.value, Preference)]
    balance = said.count(FIRST) - said.count(SECOND)
    if balance == 0 or said.count(TIE) > max(said.count(FIRST), said.count(SECOND)):
        return TIE
    return FIRST if balance > 0 else SECOND


def _given(answer: Mapping[str, Any], left_out: LeftOut) -> GivenLabel | None:
    content = answer.get("answerContent")
    if not isinstance(content, dict):
        return None
    dimensions = content.get("ordinalRankingDimensions")
    if isinstance(dimensions, list) and dimensions and isinstance(dimensions[0], dict):
        if len(dimensions) > 1:
            left_out["further dimensions of rankings"] += len(dimensions) - 1
        ranks = dimensions[0].get("responseRankings")
        winner = next((one for one, expected in _RANKS.items() if ranks == expected), None)
        value = Preference(winner) if winner is not None else None
    else:
        value = _preference(content)
    seconds = answer.get("timeSpentInSeconds")
    if value is None:
        return None
    return GivenLabel(
        person=str(answer.get("workerId", "")),
        value=value,
        seconds=float(seconds) if isinstance(seconds, int | float) else 0.0,
        at=str(answer.get("submissionTime", "")).removesuffix("Z"),
    )


def _preference(content: Mapping[str, Any]) -> Preference | None:
    try:
        value = value_of(content, Preference)
    except InvalidLabel:
        return None
    return value if isinstance(value, Preference) else None
