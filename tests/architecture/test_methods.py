"""Every method of consolidation, quality and review has a page, and its example runs."""

import re

import pytest
from tests.support.everything import ROOT, SOURCES

PAGES = sorted((ROOT / "docs" / "methods").glob("*.md"))
METHODS = [page for page in PAGES if page.name != "README.md"]
MODULES = sorted(
    path.name
    for path in (SOURCES / "core" / "consolidation").rglob("*.py")
    # What every method returns is no method.
    if path.name not in ("__init__.py", "consolidation_outcome.py")
)
PROOFS = (
    "betting_martingale.py",
    "logistic_calibration.py",
    "expert_redo_depth.py",
    "fixed_size_audit.py",
    "reliability_diagram.py",
    "trust_in_models.py",
    "worth_of_one_more_answer.py",
)


@pytest.mark.parametrize("module", [*MODULES, *PROOFS])
def test_every_method_is_named_on_a_page(module):
    named = [page.name for page in METHODS if re.search(rf"[`/]{re.escape(module)}`", page.read_text())]
    assert named, f"no page of docs/methods says what {module} does"


@pytest.mark.parametrize("page", METHODS, ids=lambda page: page.stem)
def test_a_page_says_what_how_and_when_it_fails_and_its_example_runs(page):
    text = page.read_text()
    assert "**What.**" in text
    assert "**When it fails.**" in text
    (example,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    assert "assert " in example
    exec(compile(example, page.name, "exec"), {})


def test_the_list_of_methods_names_every_page_once():
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (ROOT / "docs" / "methods" / "README.md").read_text())
    assert sorted(listed) == sorted(page.name for page in METHODS)
