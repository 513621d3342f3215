"""What Python writes for numbers that JSON does not have is nothing; texts that look so are texts."""

import msgspec
import pytest

from assay.core.layouts.python_json import decoded


def test_only_numbers_are_read_as_null():
    data = b'{"a": NaN, "b": [-Infinity, 1], "c": "NaN \\" Infinity", "NaN": Infinity}'
    assert decoded(data) == {"a": None, "b": [None, 1], "c": 'NaN " Infinity', "NaN": None}


def test_other_damage_is_an_error():
    for data in (b'{"a": NaN', b'{"a": nan}', b"{'a': 1}"):
        with pytest.raises(msgspec.DecodeError):
            decoded(data)
