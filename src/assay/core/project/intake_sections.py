"""The sections of an intake, read key by key; what is wrong is collected, so that all of it can be told at once."""

import re
from datetime import UTC, date, datetime
from typing import Final

from assay.core.did_you_mean import nearest, one_of
from assay.core.errors import BadValue, InputError, MissingKey, UnknownKey
from assay.core.project.document_lines import Located
from assay.core.project.intake_keys import KEYS

_NUMBER: Final = re.compile(r"[-+]?\d{1,9}(\.\d{1,9})?")
USUAL_START: Final = datetime(2026, 1, 1, 9, tzinfo=UTC)


class Section:
    """One mapping of the intake, read key by key.

    Nothing raises: what is wrong is noted, and something usual is returned in its place, so that all of it can be told
    at once.

    Attributes:
        path: the section's key, "" for the whole.
        present: whether there is anything in it.
    """

    def __init__(self, node: Located | None, path: str, problems: list[InputError]) -> None:
        """Open a mapping, and note its unknown keys."""
        self.path = path
        self.present = node is not None and node.kind != "nothing"
        self._node = node
        self._problems = problems
        self._pairs: dict[str, Located] = {}
        self._hollow = False
        self._told: set[str | None] = set()  # keys that are there, but wrong or misspelt
        if node is None or node.kind == "nothing":
            return
        if node.kind != "map":
            self._hollow = True
            self._note(node, path or "intake", expected="a mapping of keys to values")
            return
        for key, value in node.items():
            if key not in KEYS[path]:
                problems.append(
                    UnknownKey(where=value.where, key=self.full(key), known=", ".join(KEYS[path]))
                )
                self._told.add(nearest(key, KEYS[path]))
            elif key in self._pairs:
                self._note(value, self.full(key), found="given twice", expected="given once")
            else:
                self._pairs[key] = value

    def full(self, key: str) -> str:
        """Return a key with the section that it stands in."""
        return f"{self.path}.{key}" if self.path else key

    def node(self, key: str) -> Located | None:
        """Return what stands at a key."""
        return self._pairs.get(key)

    def section(self, key: str, *, required: bool = False) -> "Section":
        """Open the section at a key; where a required one is missing, its own keys are not missed too."""
        node = self._pairs.get(key)
        found = Section(node, key, self._problems)
        if required and not found.present:
            self.missing(key)
            found._hollow = True
        return found

    def missing(self, key: str) -> None:
        """Note that a key is missing, unless it is there and wrong; of a section that is no section nothing is missed."""
        if self._hollow or key in self._told:
            return
        where = self._node.where if self._node is not None else "the intake"
        self._problems.append(MissingKey(where=where, key=self.full(key), meaning=KEYS[self.path][key]))

    def bad(self, key: str, expected: str) -> None:
        """Note that what stands at a key is not what it must be."""
        self._told.add(key)
        self._note(self._pairs[key], self.full(key), expected=expected)

    def _note(self, node: Located, key: str, *, expected: str, found: str | None = None) -> None:
        self._problems.append(
            BadValue(where=node.where, key=key, found=found or node.found(), expected=expected)
        )

    def optional(self, key: str) -> str | None:
        """Return the text at a key, None where there is none."""
        node = self._pairs.get(key)
        if node is None or node.kind == "nothing":
            return None
        if node.kind != "text":
            self.bad(key, "one value")
            return None
        return str(node.content)

    def text(self, key: str) -> str:
        """Return the text at a key that must be there."""
        found = self.optional(key)
        if found is not None and found.strip():
            return found
        self.missing(key)
        return ""

    def one_of(self, key: str, allowed: tuple[str, ...], *, default: str) -> str:
        """Return one of several words."""
        found = self.optional(key)
        if found is None:
            return default
        if found not in allowed:
            self.bad(key, one_of(found, allowed))
            return default
        return found

    def maybe_true(self, key: str) -> bool | None:
        """Return true or false, None where nothing is said."""
        found = self.optional(key)
        if found is None:
            return None
        if found not in ("true", "false"):
            self.bad(key, "true or false")
            return None
        return found == "true"

    def maybe_whole(self, key: str) -> int | None:
        """Return a whole number of at most 15 digits, None where there is none."""
        found = self.optional(key)
        if found is None:
            return None
        if not re.fullmatch(r"\d{1,15}", found):
            self.bad(key, "a whole number")
            return None
        return int(found)

    def whole(self, key: str, *, default: int, low: int, high: int) -> int:
        """Return a whole number within bounds."""
        found = self.maybe_whole(key)
        if found is None:
            return default
        if not low <= found <= high:
            self.bad(key, f"a whole number from {low} to {high}")
            return default
        return found

    def share(self, key: str, *, default: float) -> float:
        """Return a share from 0.5 to 0.9999."""
        found = self.optional(key)
        if found is None:
            return default
        try:
            value = float(found)
        except ValueError:
            value = -1.0
        if not 0.5 <= value <= 0.9999:
            self.bad(key, "a share from 0.5 to 0.9999")
            return default
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one text or a list of different ones."""
        node = self._pairs.get(key)
        if node is None or node.kind == "nothing":
            return ()
        if node.kind == "text":
            return (str(node.content),)
        found = (
            [str(one.content) for one in node.elements() if one.kind == "text"] if node.kind == "list" else []
        )
        if not found or len(found) != len(node.elements()) or len(set(found)) != len(found):
            self.bad(key, "a text, or a list of different texts")
        return tuple(dict.fromkeys(found))

    def numbers(self, key: str) -> tuple[tuple[str, float], ...]:
        """Return the numbers of a mapping by name; which names and numbers may stand there its reader knows."""
        node = self._pairs.get(key)
        if node is None or node.kind == "nothing":
            return ()
        if node.kind != "map":
            self.bad(key, "a mapping of names to numbers")
            return ()
        found: dict[str, float] = {}
        for name, value in node.items():
            if value.kind == "text" and _NUMBER.fullmatch(str(value.content)):
                found[name] = float(str(value.content))
            else:
                self._note(value, f"{self.full(key)}.{name}", expected="a number")
        return tuple(sorted(found.items()))

    def day(self, key: str) -> date | None:
        """Return a date, None where there is none."""
        found = self.optional(key)
        if found is None:
            return None
        try:
            return date.fromisoformat(found)
        except ValueError:
            self.bad(key, "a date such as 2026-12-20")
            return None

    def moment(self, key: str) -> datetime:
        """Return a time with its zone, which is UTC where it has none."""
        found = self.optional(key)
        if found is None:
            return USUAL_START
        try:
            moment = datetime.fromisoformat(found)
        except ValueError:
            self.bad(key, "a time such as 2026-11-23T09:00:00Z")
            return USUAL_START
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
