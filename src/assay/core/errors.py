"""Errors are sentences: a class's docstring is its message, its fields are the facts.

>>> print(UnknownMember(kind="task type", name="image_clasification", known="classification"))
There is no task type 'image_clasification'; known are: classification.
"""

from dataclasses import dataclass


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
    """There is no {kind} '{name}'; known are: {known}."""

    kind: str
    name: str
    known: str


@dataclass(eq=False, kw_only=True)
class NoMember(AssayError):
    """The {kind} '{name}' cannot be loaded: {file} has no MEMBER."""

    kind: str
    name: str
    file: str


@dataclass(eq=False, kw_only=True)
class UnknownKey(InputError):
    """{where}: unknown key '{key}'; the nearest known key is '{nearest}'."""

    where: str
    key: str
    nearest: str


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
    """There is no {noun} '{key}'."""

    exit_code = 4
    noun: str
    key: str
