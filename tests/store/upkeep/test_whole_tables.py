"""A backup holds every table, or says which it leaves out."""

from assay.store.upkeep.whole_tables import LEFT_OUT, ORDER, known_tables


def test_every_table_is_backed_up_or_left_out_on_purpose():
    assert sorted((*ORDER, *LEFT_OUT)) == sorted(known_tables())
