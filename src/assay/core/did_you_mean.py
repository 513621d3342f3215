"""Say what somebody may have meant who named something that there is not: the nearest of the names there are.

>>> did_you_mean("image_clasification", ["classification", "image_classification"])
" (did you mean 'image_classification'?)"
>>> did_you_mean("zebra", ["classification"])
''
"""

import difflib
from collections.abc import Iterable
from typing import Final

ALIKE: Final = 0.6
"""How much two names must have in common, from 0 to 1 (`difflib`): a letter or two may be wrong, or one word of two."""

_LONGEST: Final = 200
_MOST: Final = 2_000
"""So many names are compared: comparing takes a tenth of a millisecond each."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `name`, whatever its case; None where none is alike."""
    if len(name) > _LONGEST:
        return None
    by_plain: dict[str, str] = {}
    for one in known:
        by_plain.setdefault(_plain(one), one)
        if len(by_plain) >= _MOST:
            break
    wanted = _plain(name)
    found = difflib.get_close_matches(wanted, by_plain, n=1, cutoff=ALIKE)
    if found:
        return by_plain[found[0]]
    # Of a long name people often write one part alone, of which no other name has as much.
    holding = [one for one in by_plain if len(wanted) > 2 and (wanted in one or one in wanted)]
    return by_plain[holding[0]] if len(holding) == 1 else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'NAME'?)` to stand behind a sentence's list of names; "" where none is alike."""
    found = nearest(name, known)
    return f" (did you mean '{found}'?)" if found is not None else ""


def one_of(name: str, known: Iterable[str], *, called: str = "one of") -> str:
    """Return what a value must be, with the one that may be meant: `one of a, b (did you mean 'a'?)`."""
    names = tuple(known)
    return f"{called} {', '.join(names)}{did_you_mean(name, names)}"


def _plain(name: str) -> str:
    return name.strip().lower().replace("-", "_").replace(" ", "_")
