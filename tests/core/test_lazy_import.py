"""A late module is loaded when it is first used, and then is that module."""

import subprocess
import sys

import pytest

from assay.core.lazy_import import Late


def test_nothing_is_loaded_before_something_is_asked_for(monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    found = Late("colorsys")
    assert "colorsys" not in sys.modules
    assert found.rgb_to_hsv(0, 0, 0) == (0.0, 0.0, 0)
    assert found.rgb_to_hsv is sys.modules["colorsys"].rgb_to_hsv


def test_what_a_module_has_not_is_no_attribute():
    with pytest.raises(AttributeError):
        _ = Late("colorsys").nothing
    with pytest.raises(ModuleNotFoundError):
        _ = Late("no_such_module").nothing


@pytest.mark.parametrize(
    "module", ["assay.service.pipeline.stages_in_order", "assay.service.replay.replay_answers"]
)
def test_the_pipeline_does_not_load_what_takes_longer_than_most_commands(module):
    told = f"import sys, {module}; print([name for name in sys.modules if name.startswith('scipy')])"
    said = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
