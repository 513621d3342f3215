"""Nothing that a reader can meet is without its line in the documents."""

import pytest
from tests.support.everything import ROOT, documents
from tools.reference import command_sentences, error_classes, import_everything, optional, reference

from assay.core.project.intake import KEYS
from assay.core.project.lifecycle import NOUNS, states
from assay.formats import FORMATS
from assay.providers.prelabel import PRELABELLERS
from assay.tasktypes import TASK_TYPES

import_everything()
TEXT = "\n".join(documents().values())
SETTINGS = getattr(optional("assay.conf.settings_table"), "SETTINGS", ())
VERBS = getattr(optional("assay.service.permissions"), "PERMISSIONS", {})


def test_the_reference_is_what_the_tables_say():
    path = ROOT / "docs" / "reference.md"
    assert path.exists(), "write it with: python -m tools.reference > docs/reference.md"
    same = path.read_text(encoding="utf-8") == reference()
    assert same, "docs/reference.md is out of date: python -m tools.reference > docs/reference.md"


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


@pytest.mark.parametrize("name", [*TASK_TYPES.names(), *FORMATS.names(), *PRELABELLERS.names()])
def test_every_task_type_format_and_pre_labeller_has_a_line(name):
    assert f"`{name}`" in TEXT


def test_every_key_of_the_intake_has_a_line():
    every = [f"{section}.{key}".lstrip(".") for section, keys in KEYS.items() for key in keys]
    assert [key for key in every if f"`{key}`" not in TEXT] == []


@pytest.mark.parametrize(
    "word",
    ["item", "answer", "label", "control item", "redundancy", "adjudication", "augmented manifest"],
)
def test_the_glossary_knows_the_words_of_the_house(word):
    glossary = documents().get("GLOSSARY.md", "").lower()
    assert word in glossary, f"GLOSSARY.md does not say what '{word}' is"
