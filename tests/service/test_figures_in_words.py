import pytest

from assay.service.figures_in_words import in_bytes


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_500, "1.5 kB"),
        (12_345_678, "12.3 MB"),
        (2 * 10**9, "2.0 GB"),
        (5 * 10**15, "5,000.0 TB"),
    ],
)
def test_a_size_is_said_in_the_largest_unit_below_it(count, words):
    assert in_bytes(count) == words
