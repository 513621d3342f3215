"""Nothing that a reader can meet is without its line in the documents."""

import re

import pytest
from tests.support.everything import ROOT, documents, named, source_files
from tools.members import (
    FORMATS,
    PRELABELLERS,
    SUGGESTERS,
    TASK_TYPES,
    about,
    intake_snippet,
    members,
    values,
)
from tools.reference import command_sentences, error_classes, import_everything, optional, pages

from assay.core.project.intake_keys import KEYS
from assay.core.project.lifecycle import NOUNS, states
from assay.service.intake.intake_file import parse_intake

import_everything()
TEXT = "\n".join(documents().values())
SETTINGS = getattr(optional("assay.conf.settings_table"), "SETTINGS", ())
VERBS = getattr(optional("assay.service.access.permissions"), "PERMISSIONS", {})


@pytest.mark.parametrize(("name", "text"), pages().items())
def test_a_generated_page_is_what_the_code_says(name, text):
    path = ROOT / "docs" / name
    assert path.exists(), "write it with: python -m tools.reference"
    same = path.read_text(encoding="utf-8") == text
    assert same, f"docs/{name} is out of date: python -m tools.reference"


@pytest.mark.parametrize("error", error_classes(), ids=lambda error: error.__name__)
def test_every_error_has_a_line(error):
    assert f"`{error.__name__}`" in TEXT


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_has_a_line_and_a_sentence(setting):
    assert f"`{setting.name}`" in TEXT
    assert setting.sentence.endswith(".")


@pytest.mark.parametrize(("command", "sentence"), command_sentences().items())
def test_every_command_has_a_line_and_a_sentence(command, sentence):
    assert f"`assay {command}" in TEXT
    assert sentence.strip().endswith(".")


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_of_the_permissions_has_a_line(verb):
    assert f"| {verb} |" in TEXT


@pytest.mark.parametrize("noun", NOUNS)
def test_every_state_has_a_line(noun):
    assert [state for state in states(noun) if f"| {state} |" not in TEXT] == []


@pytest.mark.parametrize("home", [TASK_TYPES, FORMATS, PRELABELLERS, SUGGESTERS])
def test_every_member_of_a_registry_has_a_line_and_says_what_it_is(home):
    found = members(home)
    assert [name for name in found if f"`{name}`" not in TEXT] == []
    assert [name for name in found if len(about(home, name)) < 15] == []


@pytest.mark.parametrize("name", members(TASK_TYPES))
def test_the_intake_shown_for_a_task_type_is_one(name, tmp_path):
    received = parse_intake(intake_snippet(name), source="intake.yaml", folder=tmp_path)
    assert received.intake.task == name
    assert intake_snippet(name) in TEXT


def test_every_intake_snippet_of_the_pages_has_known_keys_only():
    shown = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)
    assert len(shown) > len(members(TASK_TYPES))
    used = {key for one in shown for key in re.findall(r"^(\w+):", one, flags=re.MULTILINE)}
    assert used <= set(KEYS[""])


def test_every_label_value_is_produced_or_carried_by_somebody():
    carried = {kind for layout in members(FORMATS).values() for kind in layout.values}
    assert {task.produces for task in members(TASK_TYPES).values()} <= carried
    assert carried == set(values())


def test_notes_are_about_members_that_there_are():
    homes = {"task-types": (TASK_TYPES,), "formats": (FORMATS,), "models": (SUGGESTERS, PRELABELLERS)}
    for path in (ROOT / "docs" / "notes").glob("*/*.md"):
        assert path.stem in {name for home in homes[path.parent.name] for name in members(home)}


@pytest.mark.parametrize("name", documents())
def test_links_lead_somewhere(name):
    text = re.sub(r"```.*?```", "", documents()[name], flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)]*)\)", text):
        path, _, anchor = target.partition("#")
        if path.startswith("http"):
            continue
        file = ((ROOT / name).parent / path) if path else ROOT / name
        assert file.exists(), f"{name} points to {target}"
        if anchor and file.suffix == ".md":
            heads = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
            assert anchor in {head.lower().replace(" ", "-") for head in heads}, f"{name} points to {target}"


def test_every_source_file_that_is_named_exists():
    """In documents, decisions and docstrings alike: a name that leads nowhere tells a reader nothing."""
    files = {f"/{named(path)}" for path in (ROOT / "src").rglob("*.py")}
    files |= {
        f"/{named(path)}" for home in ("tests", "bench", "tools") for path in (ROOT / home).rglob("*.py")
    }
    texts = {named(path): path.read_text(encoding="utf-8") for path in source_files()} | documents()
    texts |= {named(path): path.read_text(encoding="utf-8") for path in (ROOT / "decisions").glob("*.md")}
    lost = [
        (name, told)
        for name, text in texts.items()
        for told in re.findall(r"`([\w/]+\.py)`", text)
        if not any(one.endswith(f"/{told}") for one in files)
    ]
    assert lost == []


def test_every_key_of_the_intake_has_a_line():
    every = [f"{section}.{key}".lstrip(".") for section, keys in KEYS.items() for key in keys]
    assert [key for key in every if f"`{key}`" not in TEXT] == []


@pytest.mark.parametrize(
    "word",
    [
        *("item", "answer", "label", "control item", "redundancy", "adjudication", "augmented manifest"),
        *("label value", "object", "parts", "suggestion", "earlier label", "adjustment", "left out"),
        *("listing", "row", "known label"),
    ],
)
def test_the_glossary_knows_the_words_of_the_house(word):
    glossary = documents().get("GLOSSARY.md", "").lower()
    assert f"| **{word}**" in glossary, f"GLOSSARY.md does not say what '{word}' is"
