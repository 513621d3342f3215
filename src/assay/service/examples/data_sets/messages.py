"""Messages to a shop: what are they about, what is asked for, and which order, product and day do they name?"""

from typing import Final

import numpy as np

from assay.core.labels.attributes import details
from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Answers, Choice, Choices, LabelValue, Span, Spans
from assay.service.examples.example_folder import Content, Example, intake_text, listed
from assay.service.examples.made_up_sentences import Grammar, one_of, opening, pieces, varied

COUNT: Final = 200
COMPLAINT, QUESTION, PRAISE = "complaint", "question", "praise"
ABOUT: Final = (
    (COMPLAINT, "Something went wrong and is to be put right."),
    (QUESTION, "Somebody wants to know something; nothing went wrong."),
    (PRAISE, "Thanks or a kind word; nothing is asked for."),
)
KINDS: Final = (COMPLAINT, QUESTION, COMPLAINT, PRAISE, COMPLAINT)
"""Most who write to a shop complain."""

WISHES: Final = (
    ("refund", "The money, or a part of it."),
    ("replacement", "The same thing once more, or the missing part."),
    ("pickup", "Somebody is to fetch the thing."),
    ("apology", "Somebody is to say sorry, or explain."),
)
MARKED: Final = (
    ("order", "The number of an order, with its letters."),
    ("product", "What was bought, without article and adjectives."),
    ("date", "A day, as it is written: 3 March."),
)
ORDERED, ARRIVED = "ordered", "arrived"
SLOTS: Final = {
    "order": ("order", ""),
    "product": ("product", ""),
    "bought": ("date", ORDERED),
    "came": ("date", ARRIVED),
}
"""The slots of the grammar that are marked: their label, and which day a date is."""

ASKED_FOR: Final = {
    "refund": ("I want my money back", "please refund the price", "I expect the full amount on my account"),
    "replacement": ("please send a new one", "I would like another one instead", "send me the missing part"),
    "pickup": (
        "have the old one fetched, please",
        "somebody has to collect it here",
        "please arrange a pickup",
    ),
    "apology": ("I expect an apology", "somebody should explain this to me", "a word of regret is due"),
}

GRAMMAR: Final[Grammar] = {
    "digit": tuple("0123456789"),
    "order": ("KX-{digit}{digit}{digit}{digit}", "NR{digit}{digit}{digit}{digit}{digit}", "OT-{digit}{digit}{digit}-{digit}{digit}"),
    "month": (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ),
    "day": tuple(str(day) for day in range(1, 29)),
    "bought": ("{day} {month}",),
    "came": ("{day} {month}",),
    "product": (
        "kettle", "desk lamp", "rain jacket", "garden hose", "bread knife", "office chair", "bicycle pump",
        "wool blanket", "coffee grinder", "alarm clock", "picture frame", "vacuum cleaner", "tent", "frying pan",
        "yoga mat", "night light", "bookshelf", "hand mixer", "sleeping bag", "door mat", "wall clock", "toaster",
    ),
    "kind": ("grey", "small", "large", "blue", "new", "folding"),
    "a": ("{product}", "{product}", "{kind} {product}"),
    "hello": ("Hello,", "Dear team,", "Good morning,", "Hi there,", "To whom it may concern,"),
    "bye": ("Thank you.", "Kind regards", "Regards, a customer", "Waiting to hear from you.", "All the best"),
    "broke": (
        "does not switch on", "has a crack along one side", "came without its cable", "smells of burnt rubber",
        "is the wrong colour", "fell apart in my hands", "is scratched all over", "makes a grinding noise",
    ),
    "bad": (
        "the {a} that I ordered on {bought} {broke}.", "my {a} from order {order} {broke}.",
        "on {came} the {a} arrived, and it {broke}.", "order {order} came on {came}: the {a} {broke}.",
        "the {a} {broke}. I ordered it on {bought} under {order}.",
        "since {came} I have had your {a} here, and it {broke}.",
    ),
    "ask": (
        "does the {a} fit into a cupboard of forty centimetres?", "is the {a} still to be had in other colours?",
        "when will order {order} be here? I placed it on {bought}.", "can I still change the address of {order}?",
        "how long is the guarantee on the {a}? It came on {came}.", "which cloth do I use to clean the {a}?",
        "I ordered the {a} on {bought}: has it been sent yet?", "is there a booklet in German for the {a}?",
        "do you take the {a} back after thirty days, if I do not like it?", "what does shipping of the {a} cost?",
    ),
    "glad": (
        "the {a} came on {came} and is a joy.", "order {order} was here within two days, well packed.",
        "everybody at home wants to use the {a}.", "I ordered the {a} on {bought} and would do so again.",
        "your service with {order} was quick and friendly.", "what a lovely {a}!",
        "the {a} does exactly what it should, since {came} every day.",
    ),
    COMPLAINT: ("{hello} {bad}", "{hello} {bad}", "{Bad}"),
    QUESTION: ("{hello} {ask} {bye}", "{hello} {ask}", "{Ask} {bye}"),
    PRAISE: ("{hello} {glad} {bye}", "{Glad} {bye}", "{hello} {glad} {Glad}"),
}  # fmt: skip

QUESTIONS: Final = (
    '  - name: about\n    ask: "What is the message about?"',
    "    labels:",
    *(f"    {line}" for line in listed(ABOUT)),
    "    weight: 2",
    '  - name: wishes\n    ask: "What is asked for?"\n    task: text_classification_multi',
    "    labels:",
    *(f"    {line}" for line in listed(WISHES)),
    f"    when: {{question: about, is: {COMPLAINT}}}",
    '  - name: named\n    ask: "Mark every order, product and day."\n    task: text_spans',
    "    labels:",
    *(f"    {line}" for line in listed(MARKED[:-1])),
    f'      - name: {MARKED[-1][0]}\n        help: "{MARKED[-1][1]}"',
    f'        attributes: [{{name: day, options: [{ORDERED}, {ARRIVED}], required: true, help: "Of what it is the day."}}]',
)

GUIDE: Final = """# What does the customer want?

Read the whole message first.

## about

- **complaint** - something went wrong: broken, wrong, incomplete. *"My tent from order NR20418 has a crack along one
  side."* It is one even where nothing is asked for.
- **question** - somebody wants to know something and nothing went wrong. *"When will order KX-1203 be here?"*
- **praise** - thanks or a kind word.

## wishes

Asked of complaints only. Choose all that the customer asks for, or none.

- **refund** - money: *"I want my money back."*
- **replacement** - the same thing once more, or a missing part: *"Please send a new one."*
- **pickup** - somebody is to fetch the thing: *"Please arrange a pickup."*
- **apology** - regret or an explanation: *"Somebody should explain this to me."*

## named

Mark every one, each time it stands there.

- **order** - the number with its letters, *KX-1203*, not the word *order* before it.
- **product** - the thing alone: in *"the small desk lamp"* mark *desk lamp*. *"A new one"* is not marked.
- **date** - day and month, *3 March*, and say which **day** it is: *ordered*, when the customer ordered, or *arrived*,
  when the parcel came and since when they have it.

No comma, full stop or space at the edges.
"""


def _content() -> Content:
    made = varied("messages", COUNT, _message)
    keys = [f"message-{number:03d}" for number in range(1, COUNT + 1)]
    return Content(
        header=("id", "text"),
        rows=[(key, text) for key, (text, _) in zip(keys, made, strict=True)],
        truth=[(key, write_label(answers)) for key, (_, answers) in zip(keys, made, strict=True)],
    )


def _message(_: int, draw: np.random.Generator) -> tuple[str, Answers]:
    about = one_of(KINDS, draw)
    capital = {name.title(): [opening(one) for one in GRAMMAR[name]] for name in ("bad", "ask", "glad")}
    text, spans = "", []
    for piece, slot in pieces({**GRAMMAR, **capital}, about, draw, whole=SLOTS):
        if slot in SLOTS:
            label, day = SLOTS[slot]
            end = len(text) + len(piece)
            spans.append(Span(label, len(text), end, details({"day": day} if day else {})))
        text += piece
    said: list[tuple[str, LabelValue]] = [("about", Choice(about)), ("named", Spans(tuple(spans)))]
    if about == COMPLAINT:
        names = [name for name, _ in WISHES]
        wishes = draw.permutation(len(names))[: int(draw.integers(0, 3))].tolist()
        asked = [opening(one_of(ASKED_FOR[names[at]], draw)) for at in wishes]
        text = " ".join((text, *(f"{one}." for one in asked), one_of(GRAMMAR["bye"], draw)))
        said.append(("wishes", Choices(tuple(names[at] for at in wishes))))
    return text, Answers(tuple(said))


EXAMPLE: Final = Example(
    name="messages",
    sentence=f"{COUNT} messages to a shop: what each is about, what is asked for, and the order, product and day it names",
    look_at="a question that counts twice, one that is asked of complaints only, and marks in the text that carry an attribute",
    intake=intake_text(
        name="messages",
        task="text_questions",
        data="path: items.csv, format: csv, id: id, text: text",
        questions=QUESTIONS,
        right=0.85,
        formats=("augmented_manifest", "jsonl", "label_studio"),
        answer=10,
        expert=50,
    ),
    guide=GUIDE,
    content=_content,
)
