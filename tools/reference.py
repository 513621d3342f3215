"""Print the reference of Assay as Markdown, from the tables that Assay itself runs on.

    python -m tools.reference > docs/reference.md

A test compares docs/reference.md with this output, so that no error, setting, command, permission,
state, task type, format or intake key can be without its line.
"""

import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

Rows = Iterable[Sequence[object]]


def main() -> int:
    """Print the whole reference."""
    sys.stdout.write(reference())
    return 0


def reference() -> str:
    """Return the whole reference; the same bytes for the same code."""
    import_everything()
    sections = (
        ("Commands", commands()),
        ("Exit codes", exit_codes()),
        ("The intake file", intake_keys()),
        ("Task types", task_types()),
        ("Formats", formats()),
        ("Pre-labellers", prelabellers()),
        ("States", states()),
        ("Permissions", permissions()),
        ("Settings", settings()),
        ("Errors", errors()),
    )
    head = (
        "# Reference\n\nThis page is generated from Assay's own tables by `python -m tools.reference`; "
        "do not edit it by hand.\n"
    )
    return "\n".join([head, *(f"## {title}\n\n{body}" for title, body in sections if body)])


def errors() -> str:
    """Every error: its sentence, and what the command line exits with."""
    rows = [(f"`{one.__name__}`", _first_paragraph(one), one.exit_code) for one in error_classes()]
    return _table(("error", "what it says", "exit code"), rows)


def settings() -> str:
    """Every environment variable."""
    table = optional("assay.conf.settings_table")
    if table is None:
        return ""
    rows = [
        (
            f"`{one.name}`",
            one.sentence + (f" Also read from the file named by `{one.name}_FILE`." if one.secret else ""),
            f"`{one.default}`" if one.default else "empty",
        )
        for one in table.SETTINGS
    ]
    return _table(("environment variable", "what it means", "default"), rows)


def exit_codes() -> str:
    """What commands end with: the codes that all share, and what a command says beyond them."""
    table = optional("assay.entry.cli.commands")
    if table is None:
        return ""
    rows = [("every command", code, meaning) for code, meaning in table.COMMON_EXITS]
    rows += [(f"`assay {one.name}`", code, meaning) for one in table.COMMANDS for code, meaning in one.exits]
    return _table(("command", "exit code", "means"), rows)


def commands() -> str:
    """Every command of the command line."""
    found = command_sentences()
    rows = [(f"`assay {name}`", sentence) for name, sentence in found.items()]
    return _table(("command", "what it does"), rows) if rows else ""


def permissions() -> str:
    """Every verb and who may do it."""
    table = optional("assay.service.permissions")
    if table is None:
        return ""
    rows = [
        (verb, *("yes" if role in roles else "" for role in table.ROLES))
        for verb, roles in table.PERMISSIONS.items()
    ]
    return _table(("verb", *table.ROLES), rows)


def states() -> str:
    """Every move of every noun."""
    lifecycle = importlib.import_module("assay.core.project.lifecycle")
    parts = []
    for noun, moves in lifecycle.NOUNS.items():
        rows = [(before, verb, after) for (before, verb), after in moves.items()]
        parts.append(f"### {noun.capitalize()}\n\n" + _table(("state", "verb", "next state"), rows))
    return "\n".join(parts)


def task_types() -> str:
    """Every task type."""
    members = importlib.import_module("assay.tasktypes").TASK_TYPES.all()
    rows = [
        (f"`{name}`", _about(member), member.media or "any", f"`{member.manifest_type}`")
        for name, member in sorted(members.items())
    ]
    return _table(("task type", "about", "media", "type in manifests"), rows)


def formats() -> str:
    """Every file format."""
    members = importlib.import_module("assay.formats").FORMATS.all()
    rows = [
        (
            f"`{name}`",
            _about(member),
            "yes" if member.reads_items else "",
            f"`{member.suffix}`" if member.writes_labels else "",
        )
        for name, member in sorted(members.items())
    ]
    return _table(("format", "about", "reads items", "writes labels as"), rows)


def prelabellers() -> str:
    """Every pre-labeller."""
    members = importlib.import_module("assay.providers.prelabel").PRELABELLERS.all()
    rows = [(f"`{name}`", _about(member), member.media) for name, member in sorted(members.items())]
    return _table(("pre-labeller", "about", "media"), rows)


def intake_keys() -> str:
    """Every key of the intake file."""
    keys: Mapping[str, Mapping[str, str]] = importlib.import_module("assay.core.project.intake").KEYS
    rows = [
        (f"`{section}.{key}`" if section else f"`{key}`", meaning)
        for section, inner in keys.items()
        for key, meaning in inner.items()
    ]
    return _table(("key", "what it says"), rows)


# --- what there is ---------------------------------------------------------------------------


def import_everything() -> list[ModuleType]:
    """Import all of Assay, with Django set up first."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
    if optional("assay.conf.settings") is not None:
        importlib.import_module("django").setup()
    package = importlib.import_module("assay")
    found = pkgutil.walk_packages(package.__path__, prefix="assay.")
    return [importlib.import_module(one.name) for one in found if not one.name.endswith("__main__")]


def error_classes() -> list[Any]:
    """Return every public error class of Assay's own, sorted by name."""
    import_everything()
    root = importlib.import_module("assay.core.errors").AssayError

    def below(one: type[Any]) -> Iterator[type[Any]]:
        for child in one.__subclasses__():
            yield child
            yield from below(child)

    own = {one for one in below(root) if one.__module__.split(".")[0] == "assay"}
    return sorted(
        (one for one in own if not one.__name__.startswith("_")),
        key=lambda one: (one.__name__, one.__module__),
    )


def command_sentences() -> dict[str, str]:
    """Return each command's sentence by its name; empty while there is no command line."""
    module = optional("assay.entry.cli.commands")
    table = getattr(module, "COMMANDS", None)
    if table is None:
        return {}
    pairs = (
        table.items() if isinstance(table, Mapping) else [(getattr(one, "name", one), one) for one in table]
    )
    return {str(name): _sentence(command) for name, command in pairs}


def optional(name: str) -> ModuleType | None:
    """Return a module, or None where it does not exist."""
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return importlib.import_module(name) if found is not None else None


# --- Markdown --------------------------------------------------------------------------------


def _sentence(command: object) -> str:
    if isinstance(command, str):
        return command
    for attribute in ("sentence", "help", "summary"):
        said = getattr(command, attribute, None)
        if isinstance(said, str) and said:
            return said
    return _first_paragraph(command)


def _about(member: object) -> str:
    """The first sentence of a member's class, or of the module that holds it."""
    kind = type(member)
    return _first_paragraph(kind) or _first_paragraph(sys.modules[kind.__module__])


def _first_paragraph(thing: object) -> str:
    return " ".join((getattr(thing, "__doc__", None) or "").split("\n\n", maxsplit=1)[0].split())


def _table(head: Sequence[str], rows: Rows) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    raise SystemExit(main())
