"""Errors are sentences: a class's docstring is its message, its fields are the facts.

>>> print(UnknownMember(kind="task type", name="clasification", known="classification, text_spans"))
There is no task type 'clasification' (did you mean 'classification'?); known are: classification, text_spans.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.did_you_mean import did_you_mean


class AssayError(Exception):
    """Something went wrong in Assay."""

    exit_code = 1
    """What the command line ends with; the other doors have a table of their own."""

    def __str__(self) -> str:
        """Fill the sentence (the first paragraph of the docstring) with the facts."""
        sentence = " ".join((type(self).__doc__ or "").split("\n\n", maxsplit=1)[0].split())
        return sentence.format(**vars(self))


class InputError(AssayError):
    """What came in cannot be used."""

    exit_code = 2


@dataclass(eq=False, kw_only=True)
class UnknownMember(InputError):
    """There is no {kind} '{name}'{hint}; known are: {known}.

    `hint` is the nearest of the known ones, as `did_you_mean` says it.
    """

    kind: str
    name: str
    known: str
    hint: str | None = None

    def __post_init__(self) -> None:
        """Look for the name that may be meant."""
        if self.hint is None:
            self.hint = did_you_mean(self.name, self.known.split(", "))


@dataclass(eq=False, kw_only=True)
class NoMember(AssayError):
    """The {kind} '{name}' cannot be loaded: {file} has no MEMBER."""

    kind: str
    name: str
    file: str


@dataclass(eq=False, kw_only=True)
class UnknownKey(InputError):
    """{where}: unknown key '{key}'{hint}; known are: {known}."""

    where: str
    key: str
    known: str
    hint: str | None = None

    def __post_init__(self) -> None:
        """Look for the key that may be meant: what was written may say where it stands, `money.budgt`."""
        if self.hint is None:
            self.hint = did_you_mean(self.key.rpartition(".")[2], self.known.split(", "))


@dataclass(eq=False, kw_only=True)
class MissingKey(InputError):
    """{where}: the key '{key}' is missing; it says {meaning}."""

    where: str
    key: str
    meaning: str


@dataclass(eq=False, kw_only=True)
class BadValue(InputError):
    """{where}: '{key}' is {found}, but must be {expected}."""

    where: str
    key: str
    found: str
    expected: str


@dataclass(eq=False, kw_only=True)
class SeveralProblems(InputError):
    """{where} has {count} problems: {listed}.

    `problems` are the errors themselves, each of which is a sentence of its own.
    """

    where: str
    count: int
    listed: str
    problems: tuple[InputError, ...] = ()


def raise_all(problems: Sequence[InputError], *, where: str) -> None:
    """Raise what is wrong: one error as it is, several of them as one that holds all; nothing where there is none."""
    if len(problems) == 1:
        raise problems[0]
    if problems:
        # The place is said once.
        listed = "; ".join(str(one).removeprefix(f"{where}, ").rstrip(".") for one in problems)
        raise SeveralProblems(where=where, count=len(problems), listed=listed, problems=tuple(problems))


def problems_in(error: AssayError) -> tuple[AssayError, ...]:
    """Return the single errors of one that may hold several."""
    return error.problems if isinstance(error, SeveralProblems) else (error,)


def place_of(error: AssayError) -> tuple[str, int | None]:
    """Return the key and the line that an error about a document names; "" and None where it names none."""
    line = _LINE.search(str(getattr(error, "where", "")))
    return str(getattr(error, "key", "")), int(line[1]) if line else None


_LINE: Final = re.compile(r", line ([0-9]+)$")


@dataclass(eq=False, kw_only=True)
class NotReadable(InputError):
    """{path} cannot be read: {reason}."""

    path: str
    reason: str


@dataclass(eq=False, kw_only=True)
class BadLine(InputError):
    """{path}, line {line}: {reason}."""

    path: str
    line: int
    reason: str


@dataclass(eq=False, kw_only=True)
class NotInstalled(InputError):
    """'{what}' needs the package {package}; install `assay[{extra}]`."""

    what: str
    package: str
    extra: str


@dataclass(eq=False, kw_only=True)
class InvalidLabel(InputError):
    """'{label}' is not a label of this project: {reason}."""

    label: str
    reason: str


@dataclass(eq=False, kw_only=True)
class NotAllowed(AssayError):
    """A {noun} that is '{state}' cannot {verb}; from there it can: {possible}."""

    exit_code = 4
    noun: str
    state: str
    verb: str
    possible: str


@dataclass(eq=False, kw_only=True)
class NotPermitted(AssayError):
    """{actor} ({roles}) may not {verb}."""

    exit_code = 4
    actor: str
    roles: str
    verb: str


@dataclass(eq=False, kw_only=True)
class NotFound(AssayError):
    """There is no {noun} '{key}'{hint}.

    `hint` says which one may be meant, to whoever may know of it.
    """

    exit_code = 4
    noun: str
    key: str
    hint: str = ""
