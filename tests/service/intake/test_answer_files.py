import gzip

import pytest

from assay.core.errors import BadLine, NotReadable
from assay.service.intake.answer_files import MOST_SHOWN, read_answers, read_truth


def write(tmp_path, text, name="answers.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_answers_are_read_as_text_in_order(tmp_path):
    found = read_answers(write(tmp_path, "item,worker,label,seconds\n01,w,1.0,3\n02,w,NA,4\n01,v,1,2\n"))
    assert found.items == ("01", "02")
    assert found.people == ("w", "v")
    assert found.value == ("1.0", "NA", "1")
    assert found.item.tolist() == [0, 1, 0]


def test_columns_may_stand_in_any_order_and_gzip_is_noticed_by_content(tmp_path):
    packed = gzip.compress("\ufefflabel,worker,item\na,w,1\n".encode())
    for name in ("answers.csv.gz", "answers.csv"):
        assert read_answers(write(tmp_path, packed, name)).items == ("1",)


def test_the_last_answer_of_a_worker_counts_in_the_place_of_the_first(tmp_path):
    found = read_answers(write(tmp_path, "item,worker,label\n1,w,a\n2,w,c\n1, w,b\n1,v,a\n1,w,\n"))
    assert found.triples() == [("1", "w", "b"), ("2", "w", "c"), ("1", "v", "a")]
    assert (found.changed, found.bad) == (1, 1)


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("item;worker;label\n1;w;a,b\n2;w\n", "a.csv", 3),
        ("sep=;\nitem;worker;label\n1;w;a,b\n2;w\n", "a.csv", 4),
        ("item\tworker\tlabel\r\n1\tw\ta,b\r\n2\tw\r\n", "a.csv", 3),
        ("item\tworker\tlabel\n1\tw\ta,b\n2\tw\n", "a.tsv", 3),
    ],
)
def test_semicolons_and_tabs_part_cells_too(tmp_path, text, name, line):
    found = read_answers(write(tmp_path, text, name))
    assert found.triples() == [("1", "w", "a,b")]
    assert [row.line for row in found.shown] == [line]


def test_white_space_around_labels_is_no_part_of_them(tmp_path):
    assert read_answers(write(tmp_path, "item,worker,label\n1,w, a\n1,v,a \n")).value == ("a", "a")
    assert read_truth(write(tmp_path, "item;label\n1; a\n1;a\n")) == {"1": "a"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("item,label\n1,a\n", "line 1: the column 'worker' is missing"),
        ("item,worker,label,label\n", "line 1: the column 'label' is there twice"),
        ("item,worker,label\n,w,a\n,v,a\n", "line 2: the cell 'item' is empty"),
        ("item,worker,label\n1,w\n", "line 2: there are 2 cells, but 3 columns"),
    ],
)
def test_a_bad_line_is_named(tmp_path, text, said):
    with pytest.raises(BadLine, match=said):
        read_answers(write(tmp_path, text))


def test_rows_that_cannot_be_used_are_left_out_and_named_while_the_rest_goes_on(tmp_path):
    rows = [
        "item,worker,label",
        "1,w,a",
        "2, ,a",
        "3,w",
        "4,w,b,",
        "",
        "5,w,\t",
        '6,w,"a\nb"',
        ",w,a",
        "7,v,b",
    ]
    found = read_answers(write(tmp_path, "\n".join(rows) + "\n"))
    assert found.triples() == [("1", "w", "a"), ("6", "w", "a\nb"), ("7", "v", "b")]
    assert [(row.line, row.reason) for row in found.shown] == [
        (3, "the cell 'worker' is empty"),
        (4, "there are 2 cells, but 3 columns"),
        (5, "there are 4 cells, but 3 columns"),
        (7, "the cell 'label' is empty"),
        (10, "the cell 'item' is empty"),
    ]
    assert found.bad == 5


def test_a_quote_that_is_never_closed_is_named_and_the_rows_below_it_come(tmp_path):
    found = read_answers(write(tmp_path, 'item,worker,label\n1,w,a\n2,w,"b\n3,w,c\n'))
    assert found.triples() == [("1", "w", "a"), ("3", "w", "c")]
    assert [(row.line, row.reason) for row in found.shown] == [
        (3, "a quote opens on line 3 and is never closed")
    ]
    with pytest.raises(NotReadable, match="a quote that its header opens is never closed"):
        read_answers(write(tmp_path, 'item,worker,"label\n1,w,a\n'))


def test_the_first_rows_that_are_left_out_are_named_and_all_are_counted(tmp_path):
    found = read_answers(write(tmp_path, "item,worker,label\n1,w,a\n" + ",w,a\n" * 50))
    assert (found.bad, len(found.shown)) == (50, MOST_SHOWN)


def test_a_truth_with_a_bad_row_is_refused(tmp_path):
    with pytest.raises(BadLine, match="line 3: the cell 'label' is empty"):
        read_truth(write(tmp_path, "item,label\n1,a\n2,\n"))


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.csv", "it is empty"),
        (b"item,worker,label\n\xff\xfe\xfa,w,a\n", "a.csv", "not text in UTF-8"),
        (b"item,worker,label\n", "a.csv.gz", "not a whole gzip file"),
        (gzip.compress(b"item,worker,label\n1,w,a\n" * 50)[:-9], "a.csv.gz", "not a whole gzip file"),
    ],
)
def test_an_unreadable_file_is_refused_in_a_sentence(tmp_path, content, name, said):
    with pytest.raises(NotReadable, match=said):
        read_answers(write(tmp_path, content, name))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(NotReadable, match="there is no such file"):
        read_truth(tmp_path / "nowhere.csv")


def test_a_truth_said_twice_must_be_the_same(tmp_path):
    assert read_truth(write(tmp_path, "item,label\n1,a\n1,a\n2,b\n")) == {"1": "a", "2": "b"}
    with pytest.raises(BadLine, match="line 3: item '1' is 'b' here, but 'a' further up"):
        read_truth(write(tmp_path, "item,label\n1,a\n1,b\n"))


@pytest.mark.parametrize(
    ("name", "early", "late"),
    [
        ("created_at", "2024-01-01T08:00:00Z", "2024-01-01T09:30:00+01:00"),
        ("Timestamp", "1700000000", "1700000100.5"),
        ("time", "1700000000000", "1700000000999"),
        ("date", "2024-01-01 08:00", "2024-01-02 07:00"),
    ],
)
def test_of_two_answers_of_one_person_the_later_counts_wherever_it_stands(tmp_path, name, early, late):
    for rows in ((f"1,w,a,{early}", f"1,w,b,{late}"), (f"1,w,b,{late}", f"1,w,a,{early}")):
        found = read_answers(write(tmp_path, f"item,worker,label,{name}\n" + "\n".join(rows) + "\n"))
        assert (found.value, found.changed) == (("b",), 1)


@pytest.mark.parametrize("column", ["time", "seconds", "at"])
def test_durations_are_no_moments_and_then_the_order_of_the_rows_counts(tmp_path, column):
    found = read_answers(write(tmp_path, f"item,worker,label,{column}\n1,w,a,90\n1,w,b,12.5\n"))
    assert found.value == ("b",)


def test_items_are_called_as_in_data_and_columns_in_any_capitals(tmp_path):
    found = read_answers(write(tmp_path, "Item | Worker|LABEL\n 7.0|w|a\n7 |v|a\n08|v|a\n"))
    assert found.items == ("7", "08")
    assert found.line == (2, 3, 4)
    assert read_truth(write(tmp_path, "item,label\n7.0,a\n 7,a\n")) == {"7": "a"}


def test_a_missing_column_is_told_with_those_that_are_there(tmp_path):
    with pytest.raises(BadLine, match="'item' is missing; there are task, annotator, answer"):
        read_answers(write(tmp_path, "task,annotator,answer\n1,w,a\n"))
