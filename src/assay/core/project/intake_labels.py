"""The labels of an intake: a list or a tree, each with what is said about its objects."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from assay.core.errors import BadValue, InputError
from assay.core.labels.attributes import CHOICE, CHOICES, KINDS, MOST_ATTRIBUTES, TEXT, Attribute
from assay.core.labels.label_values import LabelClass, LabelSchema
from assay.core.project.document_lines import Located
from assay.core.project.intake_sections import Section

_LONGEST_NAME: Final = 64
_MOST_OPTIONS: Final = 200


def read_labels(top: Section, problems: list[InputError]) -> LabelSchema:
    """Read `labels`, and the `attributes` that objects of every label have; what is wrong is added to `problems`."""
    of_all = _read_attributes(top, problems)
    node = top.node("labels")
    if node is None or node.kind == "nothing":
        return LabelSchema(())
    if node.kind != "list" or not node.elements():
        top.bad("labels", "a list of labels")
        return LabelSchema(())
    classes: dict[str, LabelClass] = {}
    for element, label in _leaves(node, above="", problems=problems):
        found, expected = f"'{label.name}'", ""
        if not label.name.strip() or len(label.name) > 256 or not label.name.isprintable():
            expected = "a label of 1 to 256 printable characters"
        elif label.name in classes:
            found, expected = f"{found} again", "a label named once"
        if expected:
            problems.append(BadValue(where=element.where, key="labels.name", found=found, expected=expected))
        own = {one.name for one in label.attributes}
        every = (*(one for one in of_all if one.name not in own), *label.attributes)
        classes.setdefault(label.name, replace(label, attributes=every))
    return LabelSchema(classes=tuple(classes.values()))


def _leaves(node: Located, *, above: str, problems: list[InputError]) -> Iterator[tuple[Located, LabelClass]]:
    """Yield the labels of a tree that have no labels below them, with their path as their name."""
    for element in node.elements():
        if element.kind == "text":
            yield element, LabelClass(name=above + str(element.content))
            continue
        entry = Section(element, "labels", problems)
        below, name = entry.node("labels"), entry.text("name")
        if not name:
            continue
        if below is None or below.kind == "nothing":
            attributes = _read_attributes(entry, problems)
            yield element, LabelClass(above + name, entry.optional("help") or "", attributes)
        elif below.kind != "list" or not below.elements():
            entry.bad("labels", "a list of labels")
        else:
            yield from _leaves(below, above=f"{above}{name}/", problems=problems)


def _read_attributes(section: Section, problems: list[InputError]) -> tuple[Attribute, ...]:
    node = section.node("attributes")
    if node is None or node.kind == "nothing":
        return ()
    if node.kind != "list":
        section.bad("attributes", "a list of attributes")
        return ()
    found: dict[str, Attribute] = {}
    for element in node.elements():
        entry = Section(element, "attributes", problems)
        reading = _Reading(element, entry, problems)
        attribute = reading.attribute()
        if attribute is None:
            continue
        if attribute.name in found:
            reading.refuse("name", f"'{attribute.name}' again", "an attribute named once")
        found.setdefault(attribute.name, attribute)
    if len(found) > MOST_ATTRIBUTES:
        section.bad("attributes", f"a list of at most {MOST_ATTRIBUTES} attributes")
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class _Reading:
    """One attribute on its way in."""

    element: Located
    entry: Section
    problems: list[InputError]

    def attribute(self) -> Attribute | None:
        """Return the attribute, None where it has no name."""
        name = self.entry.text("name")
        options = self._options()
        kind = self.entry.one_of("kind", tuple(KINDS), default=CHOICE if options else TEXT)
        required = self.entry.maybe_true("required") or False
        if not name:
            return None
        if len(name) > _LONGEST_NAME or not name.isprintable() or not name.strip():
            self.refuse("name", f"'{name[:80]}'", f"1 to {_LONGEST_NAME} printable characters")
        if kind in (CHOICE, CHOICES) and not options:
            self.entry.missing("options")
        if kind not in (CHOICE, CHOICES) and options:
            self.refuse("options", "a list", f"left out of an attribute that is {KINDS[kind]}")
        return Attribute(name, kind, options, required, self.entry.optional("help") or "")

    def _options(self) -> tuple[str, ...]:
        node = self.entry.node("options")
        if node is None or node.kind == "nothing":
            return ()
        said = (
            [str(one.content) for one in node.elements() if one.kind == "text"] if node.kind == "list" else []
        )
        whole = node.kind == "list" and len(said) == len(node.elements()) == len(set(said))
        if not whole or not 0 < len(said) <= _MOST_OPTIONS or any(not one.strip() for one in said):
            self.entry.bad("options", f"a list of 1 to {_MOST_OPTIONS} different texts")
        return tuple(dict.fromkeys(said))

    def refuse(self, key: str, found: str, expected: str) -> None:
        """Note that a key is not what it must be."""
        key = f"attributes.{key}"
        self.problems.append(BadValue(where=self.element.where, key=key, found=found, expected=expected))
