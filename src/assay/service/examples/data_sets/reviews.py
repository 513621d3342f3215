"""Shop reviews: is the customer content?"""

from typing import Final

import numpy as np

from assay.service.examples.example_folder import Content, Example, intake_text, listed
from assay.service.examples.made_up_sentences import Grammar, opening, say, varied

COUNT: Final = 600
LABELS: Final = (
    ("positive", "The customer is content and would buy it again."),
    ("neutral", "Neither content nor disappointed: good and bad are in balance, or nothing is judged."),
    ("negative", "The customer is disappointed, or warns others."),
)
MOODS: Final = ("positive", "neutral", "negative", "positive", "negative", "positive")
"""More people praise than complain, and few write when they do not care."""

GRAMMAR: Final[Grammar] = {
    "thing": (
        "kettle", "backpack", "desk lamp", "pair of headphones", "rain jacket", "garden hose", "bread knife",
        "office chair", "bicycle pump", "wool blanket", "coffee grinder", "alarm clock", "picture frame",
        "pair of boots", "vacuum cleaner", "tent", "phone case", "frying pan", "yoga mat", "night light",
    ),
    "for": (
        "for my mother", "for our kitchen", "for a long trip", "for the office", "as a present", "for my son",
        "to replace an old one", "for the holidays", "on a friend's advice", "because it was on offer",
    ),
    "time": ("three weeks", "two days", "a month", "half a year", "one evening", "a whole summer", "ten days"),
    "bought": (
        "I bought this {thing} {for}.", "Ordered the {thing} {for}.", "We got this {thing} {for}.",
        "After {time} with this {thing} I can say something about it.", "This {thing} was bought {for}.",
        "My second {thing} from this shop, this time {for}.",
    ),
    "good": (
        "it does exactly what it should", "the material feels solid", "it was easy to put together",
        "after {time} it still looks like new", "the colour is even nicer than in the picture",
        "it came a day early and well packed", "everybody at home wants to use it", "it is light and quiet",
        "the price is more than fair", "the seams and edges are cleanly made", "cleaning it takes no time",
    ),
    "bad": (
        "it broke after {time}", "the handle came off at once", "it smells of plastic and does not stop",
        "it is much smaller than in the picture", "the instructions make no sense", "one part was missing",
        "the paint came off in {time}", "it makes a terrible noise", "nobody answers my messages about it",
        "it arrived late and scratched", "the switch works only when it wants to",
    ),
    "plain": (
        "it has the size that the page gives", "it came in a brown box", "the colour is a plain grey",
        "I have used it twice so far", "there is a short booklet in four languages", "it weighs what it says",
        "it stands in the hall now", "I have not tried all of it yet",
    ),
    "praise": (
        "I would buy it again.", "Very happy with it.", "Warmly recommended.", "A lovely find.",
        "Five stars from all of us.", "Exactly what we were looking for.", "What a pleasant surprise!",
    ),
    "shrug": (
        "It is all right.", "Neither good nor bad.", "It does the job, no more.", "Average, I would say.",
        "You get what you pay for.", "We will see how long it lasts.", "Nothing special either way.",
    ),
    "blame": (
        "I want my money back.", "Never again.", "Save your money.", "What a disappointment.",
        "It went straight back to the shop.", "I cannot recommend it.", "A waste of time and money.",
    ),
    "positive": (
        "{bought} {Good}, and {good}. {praise}", "{praise} {Good}. {bought}", "{bought} {praise} {Good}.",
        "{bought} {Bad}, but they sent a new one the next day, and {good}. {praise}",
        "At first I had doubts, but {good}. {bought} {praise}",
    ),
    "neutral": (
        "{bought} {Good}, but {bad}. {shrug}", "{bought} {Plain}. {shrug}", "{shrug} {bought} {Plain}, and {plain}.",
        "{bought} On the one hand {good}, on the other hand {bad}. {shrug}",
    ),
    "negative": (
        "{bought} {Bad}, and {bad}. {blame}", "{blame} {bought} {Bad}.", "{bought} {blame} {Bad}.",
        "{bought} The pictures promise a lot: {bad}. {blame}",
        "{bought} {Good}, I give you that, but {bad}, and then {bad}. {blame}",
    ),
}  # fmt: skip

GUIDE: Final = """# Is the customer content?

Read the whole review, then say how the customer feels about what they bought.

- **positive** - content on the whole. *"The handle came off at once, but they sent a new one the next day,
  and it is light and quiet. Very happy with it."* A solved problem does not make a customer unhappy.
- **neutral** - good and bad in balance, or no judgement at all. *"It came in a brown box. It is all right."*
- **negative** - disappointed on the whole, or warns others. *"The material feels solid, I give you that, but it
  broke after two days. Never again."* One kind word does not make a customer happy.

The last sentence often says what the customer makes of it all. Judge the product and its delivery, not how well
the review is written.
"""


def _content() -> Content:
    made = varied("reviews", COUNT, _review)
    keys = [f"review-{number:04d}" for number in range(1, COUNT + 1)]
    return Content(
        header=("id", "text"),
        rows=[(key, text) for key, (text, _) in zip(keys, made, strict=True)],
        truth=[(key, mood) for key, (_, mood) in zip(keys, made, strict=True)],
    )


def _review(_: int, draw: np.random.Generator) -> tuple[str, str]:
    mood = MOODS[int(draw.integers(len(MOODS)))]
    grammar = {
        **GRAMMAR,
        **{name.title(): [opening(one) for one in GRAMMAR[name]] for name in ("good", "bad", "plain")},
    }
    return say(grammar, mood, draw), mood


EXAMPLE: Final = Example(
    name="reviews",
    sentence=f"{COUNT} shop reviews, positive, neutral or negative",
    look_at="a model that reads along: how its word saves answers, and is not trusted blindly",
    intake=intake_text(
        name="reviews",
        task="text_classification",
        data="path: items.csv, format: csv, id: id, text: text",
        labels=listed(LABELS),
        right=0.92,
        formats=("augmented_manifest", "csv", "jsonl"),
        prelabel="kind: auto",
    ),
    guide=GUIDE,
    content=_content,
)
