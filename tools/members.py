"""Print what is known of task types, formats and models as Markdown, from the members themselves.

Whoever adds a member writes nothing here: its docstrings and attributes are what the pages say. What only
a person can tell (which readers were tried) may stand in `docs/notes/<page>/<name>.md`, which is optional.
"""

import ast
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tools.markdown import first_paragraph, paragraphs, table

ROOT = Path(__file__).resolve().parents[1]
NOTES = ROOT / "docs" / "notes"
TASK_TYPES = "assay.tasktypes"
FORMATS = "assay.formats"
PRELABELLERS = "assay.providers.prelabel"
SUGGESTERS = "assay.providers.suggest"


def members(home: str) -> dict[str, Any]:
    """Return the members in Assay's own folders by name; packages installed beside it document themselves."""
    package = importlib.import_module(home)
    names = sorted(one.name for one in pkgutil.iter_modules(package.__path__) if one.ispkg)
    return {name: importlib.import_module(f"{home}.{name}").MEMBER for name in names}


def about(home: str, name: str) -> str:
    """Return what a member's folder says of itself."""
    return first_paragraph(importlib.import_module(f"{home}.{name}"))


def values() -> dict[type[Any], str]:
    """Return every label value with its first sentence."""
    kinds = importlib.import_module("assay.core.labels.values.value_kind").kinds()
    return {kind: first_paragraph(kind) for kind in kinds}


# --- task types ----------------------------------------------------------------------------------


def task_types_page() -> str:
    """Return the page about task types."""
    found = members(TASK_TYPES)
    rows = [
        (f"[`{name}`](#{name})", about(TASK_TYPES, name), f"`{one.produces.__name__}`", one.media or "any")
        for name, one in found.items()
    ]
    parts = [
        _head("Task types", "task-types"),
        table(("task type", "about", "label value", "media"), rows),
        "## Label values\n\n"
        + table(("label value", "what it says"), [(f"`{k.__name__}`", v) for k, v in values().items()]),
        *(_task_type(name, one) for name, one in found.items()),
    ]
    return "\n".join(parts)


def _task_type(name: str, task: Any) -> str:
    learnt = sys.modules[type(_fitted(task)).__module__]
    holders = [f"`{one}`" for one, layout in members(FORMATS).items() if task.produces in layout.values]
    proposing = _proposers(task)
    rows = [
        ("label value", f"`{task.produces.__name__}`: {values()[task.produces]}"),
        ("media", task.media or "any"),
        ("labels", _labels_wanted(task)),
        ("how labels are compared", f"{task.compared}."),
        ("loss", _returned(task.compare)),
        (
            "how answers are consolidated",
            f"{first_paragraph(learnt)} (`{learnt.__name__.removeprefix('assay.')}`)",
        ),
        ("how simulated people err", _returned(task.draw, whole=True)),
        ("type in manifests", f"`{task.manifest_type}`"),
        ("formats that hold its labels", ", ".join(holders)),
        ("models that can propose them", ", ".join(f"`{one}`" for one in proposing) or "none"),
        ("labels in CSV files", "<br>".join(f"`{task.text(value)}`" for value in task.examples()[:2])),
    ]
    body = paragraphs(importlib.import_module(f"{TASK_TYPES}.{name}"))
    return (
        "\n\n".join(
            [
                f"## {name}",
                *body,
                table(("", ""), rows).rstrip(),
                f"```yaml\n{intake_snippet(name)}```",
                *_note("task-types", name),
            ]
        )
        + "\n"
    )


def _fitted(task: Any) -> Any:
    """Return the model that a task type fits, learnt from nothing."""
    ports, labels = (
        importlib.import_module(f"assay.core.{name}") for name in ("ports.answers", "labels.label_values")
    )
    nobody = np.zeros(0, np.int64)
    schema = labels.schema_of(list(task.labels) or ["a", "b", "c"])
    if task.has_questions:
        schema = importlib.import_module("assay.core.consolidation.task_bases.part_by_part").EXAMPLE
    return task.fit(ports.AnswerTable(nobody, nobody, [], 0, 0), schema=schema, known=[])


def _returned(function: Any, *, whole: bool = False) -> str:
    """Return what a function says that it returns, its first paragraph or all of them."""
    said = " ".join(" ".join(paragraphs(function)).split()) if whole else first_paragraph(function)
    return said.removeprefix("Return ")


def intake_snippet(name: str) -> str:
    """Return the smallest useful intake of a task type."""
    task = members(TASK_TYPES)[name]
    column = "" if task.media is None else f", {'media: file' if task.media == 'image' else 'text: text'}"
    labels = "" if task.labels else "labels: [first label, second label]\n"
    if task.has_questions:
        labels = (
            "questions:\n"
            '  - {name: kind, ask: "Which kind is it?", labels: [first label, second label], weight: 2}\n'
            "  - {name: sure, labels: [yes, no], when: {question: kind, is: first label}}\n"
        )
    return (
        f"assay: 1\nname: my-project\ntask: {name}\ndata: {{path: items.csv, id: id{column}}}\n{labels}"
        "quality: {right: 0.9, confidence: 0.95}\n"
        "workforce: {kind: simulated, people: 20, truth: truth.csv}\n"
    )


def _labels_wanted(task: Any) -> str:
    if task.labels:
        return f"its own, where the intake names none: {', '.join(task.labels)}"
    if task.has_questions:
        return "each question's own: the intake names `questions` in place of labels"
    return f"at least {task.fewest_labels}, named in the intake"


def _proposers(task: Any) -> list[str]:
    rows = importlib.import_module("assay.core.ports.task_type").Rows
    learning = [
        name
        for name, one in members(PRELABELLERS).items()
        if one.media == task.media and task.rows is not rows.NONE
    ]
    asked = [
        name for name, one in members(SUGGESTERS).items() if task.media is None or task.media in one.media
    ]
    return learning + asked


# --- formats -------------------------------------------------------------------------------------


def formats_page() -> str:
    """Return the page about file formats."""
    found = members(FORMATS)
    kinds = list(values())
    rows = [
        (
            f"[`{name}`](#{name})",
            "yes" if one.reads_items else "",
            *("yes" if kind in one.values else "" for kind in kinds),
        )
        for name, one in found.items()
    ]
    head = ("format", "reads items", *(f"`{kind.__name__}`" for kind in kinds))
    parts = [
        _head("File formats", "formats"),
        table(head, rows),
        *(_format(name, one) for name, one in found.items()),
    ]
    return "\n".join(parts)


def _format(name: str, layout: Any) -> str:
    package = importlib.import_module(f"{FORMATS}.{name}")
    holder = inspect.getmodule(type(layout))
    rows: list[tuple[str, str]] = [
        ("recognised", first_paragraph(type(layout).guess).removeprefix("Say whether "))
    ]
    if layout.values:
        rows += [
            ("label values", ", ".join(f"`{kind.__name__}`" for kind in values() if kind in layout.values)),
            ("in a delivery", f"`labels{layout.suffix}`" if layout.suffix else f"the folder `{name}/`"),
            (
                "ids of items",
                "in the file" if layout.keyed else "by their order: `keys.jsonl` of a delivery holds them",
            ),
            ("a value comes back", _returned(type(layout).carried)),
        ]
        if layout.answers_for:
            said = ", ".join(f"`{kind.__name__}`" for kind in values() if kind in layout.answers_for)
            rows.append(("who said what", f"for {said}, in side files"))
        for title, file in (("cannot carry, read", False), ("cannot carry, written", True)):
            nouns = sorted(_left_out(package, writing=file))
            rows.append((title, ", ".join(nouns) or "nothing is left out"))
    layout_notes = paragraphs(holder)[1:]
    told = [part for verb in ("read", "write") for part in _functions(package, verb)]
    return (
        "\n\n".join(
            [
                f"## {name}",
                first_paragraph(package),
                table(("", ""), rows).rstrip(),
                *layout_notes,
                *told,
                *_note("formats", name),
            ]
        )
        + "\n"
    )


def _functions(package: Any, verb: str) -> Iterator[str]:
    """Yield what the functions say that read labels and write them."""
    for path in _sources(package):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith(f"{verb}_"):
                said = (ast.get_docstring(node) or "").split("\n\nRaises:")[0].split("\n\nArgs:")[0]
                names = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs)}
                if names & {"contents", "naming", "items"}:
                    yield f"*{'Reading labels' if verb == 'read' else 'Writing'}.* {said}"


def _left_out(package: Any, *, writing: bool) -> set[str]:
    """Return the nouns that a format's code counts in `left_out`."""
    found: set[str] = set()
    for path in _sources(package):
        if (path.stem == "writing") is writing:
            tree = ast.parse(path.read_text(encoding="utf-8"))
            named = {
                node.target.id: node.value
                for node in tree.body
                if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
            }
            for node in ast.walk(tree):
                found |= {text for text in map(_text_of, _counted(node, named)) if text}
    return found


def _counted(node: ast.AST, named: dict[str, Any]) -> list[Any]:
    """Return the expressions of nouns that one piece of code counts."""
    if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("left_out"):
        key = node.slice
        return [named.get(key.id) if isinstance(key, ast.Name) else key]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "leave":
        return list(node.args[:1])
    if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_NOUNS":
        return list(getattr(node.value, "values", ()))
    if (
        isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "lost"
        and isinstance(node.value, ast.Dict)
    ):
        return list(node.value.keys)
    if (
        isinstance(node, ast.For)
        and isinstance(node.target, ast.Tuple)
        and ast.unparse(node.target.elts[0]) == "noun"
    ):
        return [one.elts[0] for one in getattr(node.iter, "elts", ())]
    return []


def _text_of(node: Any) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _sources(package: Any) -> list[Path]:
    return sorted(Path(package.__file__).parent.glob("*.py"))


# --- models --------------------------------------------------------------------------------------


def models_page() -> str:
    """Return the page about models that propose labels."""
    learning = [
        (f"`{name}`", about(PRELABELLERS, name), one.media, "yes" if one.auto else "")
        for name, one in members(PRELABELLERS).items()
    ]
    asked = [
        (f"[`{name}`](#{name})", about(SUGGESTERS, name), ", ".join(sorted(one.media)))
        for name, one in members(SUGGESTERS).items()
    ]
    parts = [
        _head("Models that propose labels", "models"),
        "## Models that learn as labels come\n\n"
        + table(("`prelabel.kind`", "about", "media", "used by `auto`"), learning),
        "## Models that are asked\n\n" + table(("`prelabel.kind`", "about", "media"), asked),
        *(_suggester(name, one) for name, one in members(SUGGESTERS).items()),
    ]
    return "\n".join(parts)


def _suggester(name: str, kind: Any) -> str:
    said = paragraphs(inspect.getmodule(type(kind)))
    opened = first_paragraph(type(kind).open)
    return "\n\n".join([f"### {name}", about(SUGGESTERS, name), *said, opened, *_note("models", name)]) + "\n"


# --- what people wrote ---------------------------------------------------------------------------


def _head(title: str, page: str) -> str:
    path = NOTES / f"{page}.md"
    made = "This page is generated by `python -m tools.reference` from the code"
    written = path.read_text(encoding="utf-8") if path.exists() else ""
    return f"# {title}\n\n{made} and `docs/notes`; do not edit it by hand.\n\n{written}"


def _note(page: str, name: str) -> list[str]:
    path = NOTES / page / f"{name}.md"
    return [path.read_text(encoding="utf-8").strip()] if path.exists() else []
