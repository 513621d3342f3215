from itertools import repeat

from hypothesis import given
from hypothesis import strategies as st

from assay.core.layouts.raw_items import raw_items
from assay.core.ports.file_format import RawItem


@given(st.lists(st.tuples(st.integers(), st.none() | st.text(), st.dictionaries(st.text(), st.integers()))))
def test_rows_made_in_bulk_equal_rows_made_one_by_one(rows):
    found = raw_items(
        lines=[line for line, _, _ in rows],
        keys=[key for _, key, _ in rows],
        medias=repeat(None),
        texts=repeat("text"),
        extras=[extra for _, _, extra in rows],
    )
    assert found == [RawItem(line, key, None, "text", extra) for line, key, extra in rows]
