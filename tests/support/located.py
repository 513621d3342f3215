"""Located trees built by hand: the same tree that reading a YAML file would give."""

from collections.abc import Mapping

from assay.core.project.document_lines import Located


def located(value: object, *, source: str = "intake.yaml", first_line: int = 1) -> Located:
    """Turn plain values into a tree; keys and elements stand on lines of their own, in order."""
    return _Numbering(source, first_line).node(value)


class _Numbering:
    """Counts lines: every key and every element of a list begins a new one."""

    def __init__(self, source: str, line: int) -> None:
        self.source = source
        self.line = line

    def node(self, value: object) -> Located:
        start = self.line
        if value is None:
            return Located(None, "nothing", self.source, start)
        if isinstance(value, Mapping):
            pairs = [(str(key), self._next(content)) for key, content in value.items()]
            return Located(tuple(pairs), "map", self.source, start)
        if isinstance(value, list | tuple):
            return Located(tuple(self._next(content) for content in value), "list", self.source, start)
        return Located(str(value), "text", self.source, start)

    def _next(self, value: object) -> Located:
        node = self.node(value)
        self.line += 1
        return node
