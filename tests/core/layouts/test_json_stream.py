import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.errors import NotReadable
from assay.core.layouts import json_stream
from assay.core.layouts.json_stream import JsonWalk, Piece

JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.text('ab"\\[]{}, \n', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text('a"\\[]', max_size=3), inner, max_size=3)
    ),
    max_leaves=6,
)
ROWS = st.lists(st.dictionaries(st.text('ab\\"', max_size=3), JSON, max_size=3), max_size=12)
DOCUMENT = {
    "rows": ROWS,
    "piece": st.integers(1, 40),
    "indent": st.sampled_from([None, 0, 2]),
    "after": JSON,
}


def walked(folder, take, *, rows, piece, indent, after):
    """Write a document and walk it; return its keys and what `take` made of the rows."""
    path = folder / "a.json"
    path.write_text(json.dumps({"first": after, "rows": rows, "last": after}, indent=indent))
    found, keys = [], []
    with path.open("rb") as stream:
        walk = JsonWalk(stream, path="a.json", piece=piece)
        for key in walk.keys():  # noqa: SIM118 - no mapping
            keys.append(key)
            if key == "rows":
                found = take(walk)
            else:
                assert json.loads(walk.value()) == after
    assert keys == ["first", "rows", "last"]
    return found


def each(part):
    return [json.loads(one) for one in part.each()] if isinstance(part, Piece) else part


@settings(max_examples=100)
@given(**DOCUMENT)
def test_elements_are_found_whatever_the_strings_hold_and_wherever_pieces_end(tmp_path_factory, **document):
    def take(walk):
        return [one for part in walk.elements() for one in each(part)]

    assert walked(tmp_path_factory.mktemp("walk"), take, **document) == document["rows"]


@settings(max_examples=100)
@given(**DOCUMENT)
def test_decoding_on_trial_finds_the_same_elements(tmp_path_factory, **document):
    def take(walk):
        return [one for part in walk.decoded(json.loads, unfit=(ValueError,)) for one in each(part)]

    assert walked(tmp_path_factory.mktemp("walk"), take, **document) == document["rows"]


@given(**DOCUMENT)
def test_what_is_passed_over_moves_nothing(tmp_path_factory, **document):
    assert walked(tmp_path_factory.mktemp("walk"), lambda walk: walk.skip() or [], **document) == []


def test_an_element_that_is_no_json_costs_no_other_element(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b'[{"a": 1}, {"b" 2}, {"c": nope}, {"d": [{"e": "}],"}]}, 7]')
    with path.open("rb") as stream:
        parts = list(JsonWalk(stream, path="a.json", piece=8).elements())
    assert [one for part in parts for one in part.each()] == [
        b'{"a": 1}',
        b'{"b" 2}',
        b'{"c": nope}',
        b'{"d": [{"e": "}],"}]}',
        b"7",
    ]


@pytest.mark.parametrize("data", [b'[{"a": 1}', b'[{"a": "]', b"[", b'["\\'])
def test_a_document_that_ends_early_is_said(tmp_path, data):
    path = tmp_path / "a.json"
    path.write_bytes(data)
    with path.open("rb") as stream, pytest.raises(NotReadable, match="ends in the middle of a value"):
        list(JsonWalk(stream, path="a.json").elements())


def test_an_element_without_end_is_not_held_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(json_stream, "LONGEST", 1_000)
    path = tmp_path / "a.json"
    path.write_bytes(b'[{"a": "' + b"x" * 5_000 + b'"}]')
    with path.open("rb") as stream, pytest.raises(NotReadable, match="an element has more than 1,000 bytes"):
        list(JsonWalk(stream, path="a.json", piece=64).elements())
