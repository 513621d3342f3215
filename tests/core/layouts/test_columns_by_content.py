"""Columns told by what stands in them, where their names tell nothing."""

import pytest

from assay.core.layouts.columns_by_content import columns_by_content
from assay.core.layouts.source_columns import settle_columns, settle_label_columns
from assay.core.ports.file_format import Columns

TEXTS = ["这家店的服务很好", "等了一个小时才上菜", "味道一般、不会再来", "环境不错、推荐给大家"]
FILES = ["a/1.jpg", "a/2.JPG", "b/3.png", "https://x.example/4.webp?size=2"]


def by_content(known=None, others=(), **columns):
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return columns_by_content(list(columns), rows, known=known or Columns(), others=frozenset(others))


def test_running_text_rising_numbers_and_words_that_come_again_are_told_apart():
    found = by_content(编号=["7", "9", "12", "40"], 评论=TEXTS, 标签=["好", "坏", "坏", "好"])
    assert found == Columns(id="编号", text="评论", label="标签")


def test_names_of_files_are_the_media_and_codes_the_ids():
    found = by_content(k=["x-1", "x-2", "y-1", "z9"], w=FILES, n=["1", "1", "2", "2"])
    assert found == Columns(id="k", media="w")


@pytest.mark.parametrize(
    "cells",
    [
        ["3", "2", "5", "4"],  # a price or a rank, which may come again below
        ["0.5", "0.25", "0.75", "0.1"],
        ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04"],
        ["1", "2", "2", "3"],
        ["a1", "a2", "", "a3"],
        [1.0, 2.0, 3.0, 4.0],
        [True, False, None, True],
    ],
)
def test_what_may_come_again_or_be_missing_is_no_id_and_no_text(cells):
    assert by_content(评论=TEXTS, x=cells) == Columns(text="评论")


def test_of_two_texts_none_is_taken_unless_one_is_much_longer():
    assert by_content(a=TEXTS, b=list(reversed(TEXTS))) == Columns()
    assert by_content(title=["ab", "cd", "ef", "gh"], b=[text * 3 for text in TEXTS]).text == "b"


def test_marks_as_lists_are_the_label_and_no_text():
    marks = ['[{"start":0,"end":2,"label":"x"}]', "[]", "[]", '[{"start":1,"end":2,"label":"y"}]']
    assert by_content(内容=TEXTS, 标注=marks) == Columns(text="内容", label="标注")


def test_a_known_column_is_taken_for_nothing_else():
    assert by_content(known=Columns(label="甲"), 甲=TEXTS, 乙=list(reversed(TEXTS))) == Columns(
        text="乙", label="甲"
    )
    assert by_content(others=["甲"], 甲=TEXTS, 乙=list(reversed(TEXTS))) == Columns(text="乙")


def test_content_is_asked_only_where_names_tell_nothing():
    def never():
        raise AssertionError

    settled = settle_columns(Columns(), ["id", "text"], where="x", sample=never)
    assert settled == Columns(id="id", text="text")
    assert settle_label_columns(Columns(), ["id", "text", "label"], where="x", sample=never).label == "label"
    rows = [{"n": "x1", "t": "some words", "label": "a"}, {"n": "x2", "t": "other words", "label": "a"}]
    assert settle_columns(Columns(), ["n", "t", "label"], where="x", sample=lambda: rows) == Columns(
        "n", None, "t"
    )
    # Whoever says what the text is has not said what the id is; a pair's responses are no text of an item.
    assert settle_columns(Columns(text="t"), ["n", "t"], where="x", sample=lambda: rows).id == "n"
    # Where the names tell the text alone, the id may still be there under a name of its own.
    named = [{"Nummer": "501", "text": "some words"}, {"Nummer": "502", "text": "other words"}]
    assert settle_columns(Columns(), ["Nummer", "text"], where="x", sample=lambda: named).id == "Nummer"
    pair = [{"response_a": "one answer", "response_b": "another"}]
    assert settle_columns(Columns(), list(pair[0]), where="x", sample=lambda: pair) == Columns()
