"""News-like sentences: where do they name people, places and organisations?"""

from typing import Final

import numpy as np

from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Span, Spans
from assay.service.examples.example_folder import Content, Example, intake_text, listed
from assay.service.examples.made_up_sentences import Grammar, opening, pieces, varied

COUNT: Final = 400
LABELS: Final = (
    ("person", "The name of a human being, without title."),
    ("place", "A town, river, mountain, region or country by its name."),
    ("organisation", "A company, club, office, school or newspaper by its name."),
)
SLOTS: Final = {
    "who": "person",
    "town": "place",
    "spot": "place",
    "firm": "organisation",
    "body": "organisation",
}
"""The slots of the grammar that are names, and what their names are."""

GRAMMAR: Final[Grammar] = {
    "first": (
        "Amira", "Jonas", "Ngozi", "Petra", "Luca", "Hanna", "Tariq", "Sofia", "Mikael", "Yuki", "Diego", "Elif",
        "Rosa", "Anton", "Mei", "Kofi", "Clara", "Ravi", "Ines", "Olaf",
    ),
    "last": (
        "Bertolini", "Haverkamp", "Okonjo", "Lindqvist", "Marsh", "Tanabe", "Weidner", "Castellan", "Novotny",
        "Adeyemi", "Fairweather", "Kowalik", "Brandsma", "Ruiz", "Sandoval", "Thorne", "Varga", "Melnik",
    ),
    "who": ("{first} {last}", "{first} {last}", "{first} {last}", "{last}"),
    "town": (
        "Marlow Bay", "Eschental", "Port Cassin", "Nordvik", "Hollingbrook", "Santa Mirena", "Varenholm", "Kestrel",
        "Aldermoor", "Bellavento", "Tamsweiler", "Oakhaven", "Quillan", "Ostersund Heath", "Rookdale", "Lindau",
    ),
    "spot": ("Lake Orrin", "the River Tavel", "Mount Sarn", "the Isle of Perrin", "Graywater Valley", "Cape Dunmore"),
    "firm": (
        "Halden Motors", "Brightwater Foods", "Castor & Finch", "Nimbus Rail", "Oriel Glassworks", "Veltra",
        "Greenacre Bank", "Sutton Shipping", "Alba Energy", "Pinecone Games", "Meridian Air", "Lumen Textiles",
    ),
    "body": (
        "the Nordvik Herald", "the University of Aldermoor", "Kestrel Rovers", "the Office for Inland Waters",
        "the Orrin Chamber Choir", "the Society of Beekeepers", "the Rookdale Courier", "Bellavento City Council",
    ),
    "group": ("{firm}", "{body}", "{firm}"),
    "area": ("{town}", "{town}", "{spot}"),
    "role": ("mayor", "engineer", "head coach", "novelist", "chief accountant", "biologist", "baker", "conductor"),
    "time": ("On Tuesday", "Last week", "Late on Friday", "In a statement", "Yesterday", "After months of talks"),
    "sum": ("two million", "40 million", "600,000", "7.5 million", "300 million"),
    "thing": ("a bridge", "a night train", "a new library", "a ferry", "an ice rink", "a solar park", "a bakery"),
    "news": (
        "{group} will build {thing} in {area}, {who} told {body}.",
        "{time}, {who} left {group} after nine years and moved to {town}.",
        "{time} the {role} {who} opened {thing} near {spot}.",
        "{who}, {role} from {town}, was named head of {group}.",
        "Heavy rain kept the road between {town} and {town} closed, {body} reported.",
        "{group} paid {sum} for a share of {firm}, which has its seat in {town}.",
        "{time}, thousands met in {town} to hear {who} and {who} speak about {spot}.",
        "A letter by {who} to {group} was found in an attic in {town}.",
        "{role} {who} and {group} do not agree on {thing} at {spot}.",
        "Nobody was hurt when {thing} burnt down close to {area}, said {who} of {group}.",
        "{firm} and {firm} want to run {thing} together; {who} is to lead the work.",
        "{time}, prices for bread and milk rose again, and {thing} had to close for lack of staff.",
        "{town} beat {town} by two goals to one, both by {who}.",
        "{group} has lent {sum} to {town}, and {who} has signed for it.",
    ),
}  # fmt: skip

GUIDE: Final = """# Which words are names?

Mark every name of a person, a place or an organisation, from its first to its last letter.

- **person** - the name alone: in *"mayor Elif Marsh"* mark *Elif Marsh*, not *mayor*. A last name alone counts too.
- **place** - towns, rivers, mountains, regions. Mark the article where it belongs to the name:
  *"the River Tavel"* is marked whole.
- **organisation** - companies, clubs, offices, schools, newspapers. In *"the Nordvik Herald"* the town is a part of
  the newspaper's name: mark the whole as **organisation** and nothing inside it.
- A town's name for its football team (*"Nordvik beat Kestrel"*) stays a **place** here.
- No full stop, comma or space at the edges. Words such as *"a night train"* or *"Tuesday"* are no names.

A sentence without any name is sent off without a mark.
"""


def _content() -> Content:
    made = varied("entities", COUNT, _sentence)
    keys = [f"news-{number:04d}" for number in range(1, COUNT + 1)]
    return Content(
        header=("id", "text"),
        rows=[(key, text) for key, (text, _) in zip(keys, made, strict=True)],
        truth=[(key, write_label(spans)) for key, (_, spans) in zip(keys, made, strict=True)],
    )


def _sentence(_: int, draw: np.random.Generator) -> tuple[str, Spans]:
    text, spans = "", []
    for piece, slot in pieces(GRAMMAR, "news", draw, whole=SLOTS):
        if slot in SLOTS:
            spans.append(Span(SLOTS[slot], len(text), len(text) + len(piece)))
        text += piece
    return opening(text), Spans(tuple(spans))


EXAMPLE: Final = Example(
    name="entities",
    sentence=f"{COUNT} news-like sentences with people, places and organisations to mark",
    look_at="spans as CoNLL columns and as a Label Studio file, from the same labels",
    intake=intake_text(
        name="entities",
        task="text_spans",
        data="path: items.csv, format: csv, id: id, text: text",
        labels=listed(LABELS),
        right=0.88,
        formats=("augmented_manifest", "conll", "jsonl", "label_studio"),
        answer=8,
        expert=40,
    ),
    guide=GUIDE,
    content=_content,
)
