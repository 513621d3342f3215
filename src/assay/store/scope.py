"""The scope: which tenant, and which of its projects, a read or change may touch."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """One tenant, and optionally only some of its projects (None: all of them)."""

    tenant: int
    projects: frozenset[int] | None = None

    def covers(self, project: int) -> bool:
        """Whether a project of this tenant lies within the scope."""
        return self.projects is None or project in self.projects
