"""A late module is loaded when it is first used, and then is that module."""

import sys

import pytest

from assay.core.late import Late


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
