"""Write the generated pages of `docs`, from the tables and members that Assay itself runs on.

    python -m tools.reference

A test compares the pages with this output, so that no error, setting, command, permission, state, task
type, format, model or intake key can be without its line.
"""

import importlib
import importlib.util
import os
import pkgutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from tools.api_pages import api_page
from tools.markdown import first_paragraph, table
from tools.members import formats_page, models_page, task_types_page

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Write every page."""
    for name, text in pages().items():
        (ROOT / "docs" / name).write_text(text, encoding="utf-8")
        sys.stderr.write(f"docs/{name}\n")
    return 0


def pages() -> dict[str, str]:
    """Return every generated page by its name in `docs`; the same bytes for the same code."""
    import_everything()
    return {
        "reference.md": reference(),
        "api.md": api_page(),
        "task-types.md": task_types_page(),
        "formats.md": formats_page(),
        "models.md": models_page(),
    }


def reference() -> str:
    """Return the whole reference; the same bytes for the same code."""
    import_everything()
    sections = (
        ("Commands", commands()),
        ("Exit codes", exit_codes()),
        ("The intake file", intake_keys()),
        ("States", states()),
        ("Permissions", permissions()),
        ("Settings", settings()),
        ("Limits", limits()),
        ("Errors", errors()),
    )
    head = (
        "# Reference\n\nThis page is generated from Assay's own tables by `python -m tools.reference`; "
        "do not edit it by hand.\n\n"
        "[Task types](task-types.md), [file formats](formats.md), [models that propose labels](models.md) and "
        "[the API](api.md) have pages of their own.\n"
    )
    return "\n".join([head, *(f"## {title}\n\n{body}" for title, body in sections if body)])


def errors() -> str:
    """Every error: its sentence, and what the command line exits with."""
    rows = [(f"`{one.__name__}`", first_paragraph(one), one.exit_code) for one in error_classes()]
    return table(("error", "what it says", "exit code"), rows)


def settings() -> str:
    """Every environment variable."""
    module = optional("assay.conf.settings_table")
    if module is None:
        return ""
    rows = [
        (
            f"`{one.name}`",
            one.sentence + (f" Also read from the file named by `{one.name}_FILE`." if one.secret else ""),
            f"`{one.default}`" if one.default else "empty",
        )
        for one in module.SETTINGS
    ]
    return table(("environment variable", "what it means", "default"), rows)


def limits() -> str:
    """Everything of which no more than so much is taken."""
    rows = [
        (one.kind, f"{one.most:,} {one.unit}", one.sentence)
        for one in importlib.import_module("assay.core.limits").LIMITS
    ]
    return table(("kind", "at most", "what becomes of more"), rows)


def exit_codes() -> str:
    """What commands end with: the codes that all share, and what a command says beyond them."""
    module = optional("assay.entry.cli.commands")
    if module is None:
        return ""
    rows = [("every command", code, meaning) for code, meaning in module.COMMON_EXITS]
    rows += [(f"`assay {one.name}`", code, meaning) for one in module.COMMANDS for code, meaning in one.exits]
    return table(("command", "exit code", "means"), rows)


def commands() -> str:
    """Every command of the command line."""
    found = command_sentences()
    rows = [(f"`assay {name}`", sentence) for name, sentence in found.items()]
    return table(("command", "what it does"), rows) if rows else ""


def permissions() -> str:
    """Every verb and who may do it."""
    module = optional("assay.service.access.permissions")
    if module is None:
        return ""
    rows = [
        (verb, *("yes" if role in roles else "" for role in module.ROLES))
        for verb, roles in module.PERMISSIONS.items()
    ]
    return table(("verb", *module.ROLES), rows)


def states() -> str:
    """Every move of every noun."""
    lifecycle = importlib.import_module("assay.core.project.lifecycle")
    parts = []
    for noun, moves in lifecycle.NOUNS.items():
        rows = [(before, verb, after) for (before, verb), after in moves.items()]
        parts.append(f"### {noun.capitalize()}\n\n" + table(("state", "verb", "next state"), rows))
    return "\n".join(parts)


def intake_keys() -> str:
    """Every key of the intake file."""
    keys: Mapping[str, Mapping[str, str]] = importlib.import_module("assay.core.project.intake_keys").KEYS
    rows = [
        (f"`{section}.{key}`" if section else f"`{key}`", meaning)
        for section, inner in keys.items()
        for key, meaning in inner.items()
    ]
    return table(("key", "what it says"), rows)


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
    listed = getattr(module, "COMMANDS", None)
    if listed is None:
        return {}
    pairs = (
        listed.items()
        if isinstance(listed, Mapping)
        else [(getattr(one, "name", one), one) for one in listed]
    )
    return {str(name): _sentence(command) for name, command in pairs}


def optional(name: str) -> ModuleType | None:
    """Return a module, or None where it does not exist."""
    try:
        found = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return importlib.import_module(name) if found is not None else None


def _sentence(command: object) -> str:
    if isinstance(command, str):
        return command
    for attribute in ("sentence", "help", "summary"):
        said = getattr(command, attribute, None)
        if isinstance(said, str) and said:
            return said
    return first_paragraph(command)


if __name__ == "__main__":
    raise SystemExit(main())
