import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.ids import canonical, canonical_pair, digest_of, digest_of_labels, sha256

scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)),
    max_leaves=12,
)
labels = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=6)


def test_canonical_json_has_sorted_keys_no_spaces_and_plain_utf_8():
    assert canonical({"b": [1, 2.5, None], "a": "é"}) == '{"a":"é","b":[1,2.5,null]}'.encode()


@given(value=values)
def test_canonical_json_reads_back_and_has_one_spelling(value):
    spelled = canonical(value)
    assert json.loads(spelled) == value
    assert canonical(json.loads(spelled)) == spelled


@given(key=st.text(), value=st.one_of(st.text(), st.booleans()))
def test_a_pair_is_spelled_as_any_other_list(key, value):
    assert canonical_pair(key, value) == canonical([key, value])


@given(pairs=st.dictionaries(st.text(max_size=4), st.integers(), min_size=2, max_size=6), data=st.data())
def test_the_order_of_keys_does_not_matter(pairs, data):
    assert digest_of(dict(data.draw(st.permutations(list(pairs.items()))))) == digest_of(pairs)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(value)


def test_digests_are_plain_sha_256():
    assert sha256(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert digest_of([1]) == hashlib.sha256(b"[1]").hexdigest()
    assert digest_of_labels([("b", "x"), ("a", "y")]) == sha256(b'["a","y"]\n["b","x"]\n')


@given(frozen=labels, data=st.data())
def test_the_digest_of_labels_ignores_order(frozen, data):
    moved = data.draw(st.permutations(list(frozen.items())))
    assert digest_of_labels(moved) == digest_of_labels(frozen.items())


@given(one=labels, other=labels)
def test_different_label_sets_have_different_digests(one, other):
    assert (digest_of_labels(one.items()) == digest_of_labels(other.items())) == (one == other)
