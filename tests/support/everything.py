"""Where Assay's sources, tests and documents are, and what is in them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "assay"


def source_files() -> list[Path]:
    """Return every module of Assay that a person wrote (migrations are generated)."""
    return sorted(path for path in SOURCES.rglob("*.py") if "migrations" not in path.parts)


def named(path: Path) -> str:
    """Return a file's name within the repository."""
    return str(path.relative_to(ROOT))


@cache
def syntax_of(path: Path) -> tuple[ast.AST, ...]:
    """Return every syntax node of a file, outer before inner; many tests look at the same files."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """Yield the syntax nodes of these kinds, outer before inner."""
    for node in syntax_of(path):
        if isinstance(node, kinds):
            yield node


def documents() -> dict[str, str]:
    """Return the text of every document that readers are pointed to, by name."""
    names = ("README", "ARCHITECTURE", "CONTRIBUTING", "STYLE", "GLOSSARY", "SECURITY")
    paths = [ROOT / f"{name}.md" for name in names] + sorted((ROOT / "docs").glob("*.md"))
    paths += sorted((ROOT / "docs" / "methods").glob("*.md"))
    return {named(path): path.read_text(encoding="utf-8") for path in paths if path.exists()}
