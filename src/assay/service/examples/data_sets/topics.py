"""Support tickets: which topics does each of them touch? Any number of them, none included."""

from typing import Final

import numpy as np

from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Choices
from assay.service.examples.example_folder import Content, Example, intake_text, listed
from assay.service.examples.made_up_sentences import Grammar, opening, say, varied

COUNT: Final = 400
LABELS: Final = (
    ("delivery", "When, where or whether a parcel arrives."),
    ("damage", "Something is broken, faulty or incomplete."),
    ("refund", "Money is to come back."),
    ("exchange", "Another size, colour or product in place of the one received."),
    ("invoice", "The bill: missing, wrong, or with another name."),
    ("account", "Signing in, personal data, newsletters."),
    ("advice", "A question about a product before it is bought."),
)
MANY: Final = (1, 2, 1, 2, 3, 1, 2, 0, 1, 2)
"""How many topics tickets have."""

GRAMMAR: Final[Grammar] = {
    "hello": ("Hello,", "Good morning,", "Dear team,", "Hi,", "Good evening,", "To whom it may concern,"),
    "order": ("4471", "9023", "1187", "6650", "3308", "7712", "5096", "2845", "8134", "6027"),
    "thing": (
        "table lamp", "winter coat", "toaster", "chess set", "bookshelf", "raincoat", "pair of trainers", "teapot",
        "camping stove", "desk", "printer", "cushion", "mountain bike", "guitar", "mirror", "ladder",
    ),
    "day": ("Monday", "Tuesday", "Thursday", "Friday", "the 3rd", "the 14th", "the 21st", "last week"),
    "delivery": (
        "order {order} was promised for {day} and I still wait for it", "the driver left the {thing} with a stranger",
        "where is my parcel with the {thing}", "please send order {order} to my office, nobody is at home on {day}",
        "the tracking page of order {order} has not moved since {day}",
    ),
    "damage": (
        "the {thing} came with a crack", "two screws of the {thing} are missing", "the {thing} stopped working on {day}",
        "there is a deep scratch across the {thing}", "the {thing} does not switch on at all",
    ),
    "refund": (
        "please pay me back for the {thing}", "I sent the {thing} back on {day} and the money is not there yet",
        "I would like my money back for order {order}", "when do I get the refund for order {order}",
        "you took the price of the {thing} twice, return one of the two",
    ),
    "exchange": (
        "can I have the {thing} in another colour instead", "I need the {thing} one size larger, please swap it",
        "you sent a {thing} where I ordered something else, I want the right one",
        "please change the {thing} of order {order} for the blue one", "I would rather have the smaller {thing} in its place",
    ),
    "invoice": (
        "the invoice for order {order} never came", "the bill names my old company, please write it again",
        "the tax is missing on the invoice for the {thing}", "I need a receipt for the {thing} for my employer",
        "the invoice of {day} shows a {thing} that I did not buy",
    ),
    "account": (
        "I cannot sign in since {day}", "please delete my account after order {order}",
        "stop sending me your newsletter, I have had enough since {day}", "my profile shows the wrong date of birth",
        "the page asks for a code that never arrives when I log in on {day}",
    ),
    "advice": (
        "does the {thing} fit through a narrow door", "is the {thing} also made in oak", "how loud is the {thing}",
        "which {thing} would you take for a child of ten", "before I buy the {thing}: can it stand in the rain",
    ),
    "nothing": (
        "thank you for the friendly call on {day}, the {thing} is wonderful", "nothing to complain, greetings to the team",
        "please ignore my mail of {day} about order {order}, it was a mistake",
        "a happy new year from the owner of a {thing} and of order {order}",
        "I only wanted to say that your shop window with the {thing} made me smile on {day}",
    ),
    "joint": ("Also, ", "Besides, ", "And another thing: ", "By the way, ", "One more point: ", "Moreover, "),
    "bye": ("Thanks in advance.", "Best wishes", "I hope to hear from you by {day}.", "Yours", "Please reply soon.", ""),
}  # fmt: skip

GUIDE: Final = """# Which topics does this ticket touch?

Mark every topic that somebody has to deal with. A ticket may have several topics, and it may have none.

- *"The teapot came with a crack. I would like my money back."* - **damage** and **refund**.
- *"The teapot came with a crack, please swap it"* - **damage** and **exchange**: no money comes back.
- *"I sent the coat back on Monday and the money is not there yet"* - **refund** only: no parcel is missing.
- *"The invoice shows a lamp that I did not buy"* - **invoice** only, until somebody asks for money.
- *"Thank you for the friendly call"* - none. Leave all topics open and send it off.

Do not guess what the customer might want besides; mark what is written.
"""


def _content() -> Content:
    made = varied("topics", COUNT, _ticket)
    keys = [f"ticket-{number:04d}" for number in range(1, COUNT + 1)]
    return Content(
        header=("id", "text"),
        rows=[(key, text) for key, (text, _) in zip(keys, made, strict=True)],
        truth=[(key, write_label(Choices(topics))) for key, (_, topics) in zip(keys, made, strict=True)],
    )


def _ticket(place: int, draw: np.random.Generator) -> tuple[str, tuple[str, ...]]:
    """Return a ticket and its topics; one sentence for each topic, or one about nothing."""
    drawn = draw.permutation(len(LABELS))[: MANY[place % len(MANY)]]
    topics = tuple(LABELS[int(position)][0] for position in drawn)
    said = [say(GRAMMAR, topic, draw) for topic in topics or ("nothing",)]
    body = [opening(said[0]), *(say(GRAMMAR, "joint", draw) + more for more in said[1:])]
    ends = ". ".join(body)
    return f"{say(GRAMMAR, 'hello', draw)}\n{ends}. {say(GRAMMAR, 'bye', draw)}".strip(), topics


EXAMPLE: Final = Example(
    name="topics",
    sentence=f"{COUNT} support tickets, any of seven topics each",
    look_at="labels that can be right in part: what the certificate's loss means",
    intake=intake_text(
        name="topics",
        task="text_classification_multi",
        data="path: items.csv, format: csv, id: id, text: text",
        labels=listed(LABELS),
        right=0.88,
        formats=("augmented_manifest", "csv", "jsonl"),
        expert=30,
    ),
    guide=GUIDE,
    content=_content,
)
