"""A parsed document whose parts know where they stand, so that a message can name the line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Located:
    """One node: a scalar as text, a list, or a mapping, with its line (None where there is none)."""

    content: "str | tuple[Located, ...] | tuple[tuple[str, Located], ...] | None"
    kind: str
    """`text`, `nothing`, `list` or `map`."""

    source: str
    line: int | None = None

    @property
    def where(self) -> str:
        """`file, line n`, or the file alone."""
        return self.source if self.line is None else f"{self.source}, line {self.line}"

    def items(self) -> tuple[tuple[str, "Located"], ...]:
        """Return the pairs of a map."""
        assert self.kind == "map"
        return self.content  # type: ignore[return-value]

    def elements(self) -> tuple["Located", ...]:
        """Return the elements of a list."""
        assert self.kind == "list"
        return self.content  # type: ignore[return-value]

    def found(self) -> str:
        """Say what stands here, for messages."""
        if self.kind == "text":
            return f"'{self.content}'"
        return {"nothing": "empty", "list": "a list", "map": "a mapping"}[self.kind]
