"""Lists as Python writes them into a cell."""

import pytest

from assay.core.labels.python_lists import LONGEST_LIST, python_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("['a', 'b']", ["a", "b"]),
        ("('a', 'b')", ["a", "b"]),
        ("('a',)", ["a"]),
        ("{'b', 'a'}", ["a", "b"]),
        (" ['a'] ", ["a"]),
        ("[('a', 1), None]", [["a", 1], None]),
        ("{'label': ('a',)}", {"label": ["a"]}),
        ('["it\'s"]', ["it's"]),
    ],
)
def test_what_python_writes_is_read_as_json_would_have_it(text, value):
    assert python_value(text) == value


@pytest.mark.parametrize(
    "text", ["['a' 'b']", "('a')", "(none)", "[PAD]", "a", "", "['a',  'b']", "[1]" + " " * LONGEST_LIST]
)
def test_what_python_would_write_in_another_way_is_the_text_itself(text):
    assert python_value(text) == text
