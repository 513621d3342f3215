"""The grammar that example texts are made of, and the sheet that example pictures are drawn on."""

import io

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assay.core import chance
from assay.providers.media import text
from assay.service.examples.drawn_pictures import Sheet, near, shade
from assay.service.examples.made_up_sentences import ALIKE, opening, pieces, say, varied

GRAMMAR = {
    "line": ("{who} sees {thing} in {town}", "in {town} {who} waits"),
    "who": ("{first} {last}", "{last}"),
    "first": ("Ada", "Bo"),
    "last": ("Quill", "Moss"),
    "thing": ("a bridge", "the sea"),
    "town": ("Nordvik", "Kestrel"),
}
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def dice(key):
    return chance.generator("tests", "wording", str(key))


@given(st.integers(0, 10_000))
def test_a_sentence_in_pieces_is_the_sentence(key):
    found = pieces(GRAMMAR, "line", dice(key), whole={"who"})
    assert "".join(piece for piece, _ in found) == say(GRAMMAR, "line", dice(key))
    names = [piece for piece, slot in found if slot == "who"]
    assert len(names) == 1
    assert set(names[0].split()) <= {"Ada", "Bo", "Quill", "Moss"}
    assert not {"first", "last"} & {slot for _, slot in found}
    assert not any("{" in piece for piece, _ in found)


def test_texts_that_read_alike_are_made_again():
    def make(place, draw):
        return f"the {place} long story of the number {draw.integers(12):,} and what became of it", place

    found = varied("alike", 6, make)
    assert [place for _, place in found] == list(range(6))
    hashes = [int.from_bytes(text.simhash(said), "big") for said, _ in found]
    apart = [(a ^ b).bit_count() for i, a in enumerate(hashes) for b in hashes[:i]]
    assert min(apart) > ALIKE
    assert varied("alike", 6, make) == found
    assert varied("another name", 6, make) != found


def test_an_opening_is_a_capital_and_nothing_else_changes():
    assert opening("the River Tavel rose") == "The River Tavel rose"
    assert opening("") == ""


@given(COLOURS, st.floats(0, 3), st.integers(0, 1_000))
def test_colours_stay_colours(colour, factor, key):
    for found in (shade(colour, factor), near(colour, dice(key), spread=80.0)):
        assert all(0 <= one <= 255 for one in found)


def test_what_is_drawn_lies_where_it_was_asked_for():
    sheet = Sheet(60, 40, (250, 250, 250))
    sheet.box((10, 20, 15, 8), (20, 20, 20))
    with Image.open(io.BytesIO(sheet.photograph(dice("sheet")))) as picture:
        values = np.asarray(picture.convert("L"), dtype=float)
    assert values.shape == (40, 60)
    rows, columns = np.nonzero(values < 120)
    assert (columns.min(), columns.max() + 1) == (10, 25)
    assert (rows.min(), rows.max() + 1) == (20, 28)
