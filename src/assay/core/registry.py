"""One registry class serves every extension point: a folder is a member.

A member is a package `<home>.<name>` with an attribute `MEMBER`; packages installed beside
Assay add members through an entry point group of the same name as the home.
"""

import importlib
import pkgutil
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, cast

from assay.core.errors import NoMember, UnknownMember

Member = TypeVar("Member")


class Registry(Generic[Member]):
    """The members found in one home package, imported one by one when asked for."""

    def __init__(self, *, kind: str, home: str) -> None:
        """Remember where members live; `kind` is the word used in messages."""
        self.kind = kind
        self.home = home

    def names(self) -> tuple[str, ...]:
        """Return every member's name, sorted."""
        return tuple(sorted(self._folders | self._installed.keys()))

    def get(self, name: str) -> Member:
        """Return one member.

        Raises:
            UnknownMember: if no folder and no entry point has that name.
            NoMember: if the folder says nothing of itself.
        """
        if name in self._installed:
            return cast("Member", self._installed[name].load())
        if name in self._folders:
            module = importlib.import_module(f"{self.home}.{name}")
            if not hasattr(module, "MEMBER"):
                raise NoMember(kind=self.kind, name=name, file=str(module.__file__))
            return cast("Member", module.MEMBER)
        raise UnknownMember(kind=self.kind, name=name, known=", ".join(self.names()))

    def all(self) -> dict[str, Member]:
        """Return every member by name."""
        return {name: self.get(name) for name in self.names()}

    @cached_property
    def _folders(self) -> frozenset[str]:
        package = importlib.import_module(self.home)
        return frozenset(found.name for found in pkgutil.iter_modules(package.__path__) if found.ispkg)

    @cached_property
    def _installed(self) -> dict[str, EntryPoint]:
        # Looked up once: what is installed does not change while a process runs, and looking takes long.
        return {entry.name: entry for entry in entry_points(group=self.home)}
