"""Prompts with two answers, of which one is better by construction, or both are as good."""

from collections.abc import Callable
from typing import Final

import numpy as np

from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import FIRST, SECOND, TIE, Preference
from assay.service.examples.example_folder import Content, Example, intake_text
from assay.service.examples.made_up_sentences import Grammar, one_of, opening, say, varied

COUNT: Final = 400
TIES: Final = 0.15
"""The share of pairs that are as good as each other."""

GRAMMAR: Final[Grammar] = {
    "name": ("Mira", "Tom", "Aisha", "Pablo", "Greta", "Kenji", "Lena", "Omar", "Julia", "Felix", "Nadia", "Sam"),
    "thing": ("apples", "tiles", "notebooks", "tickets", "bottles", "bricks", "tulips", "buttons", "candles", "stamps"),
    "reason": (
        "I have a cold", "my train was cancelled", "my child is ill", "the plumber comes late", "I have a hearing in court",
        "my car broke down", "we have guests from abroad", "I double-booked the hour", "the lift is out of order",
    ),
    "event": (
        "the staff meeting", "the choir practice", "our dinner", "the dentist's appointment", "the piano lesson",
        "the site visit", "the book club", "the parents' evening", "the chess match", "the guided tour",
    ),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "polite": (
        "Dear {name}, I am sorry that I cannot come to {event}: {reason}. Could we meet on {day} instead? Kind regards",
        "Dear {name}, unfortunately I have to miss {event}, as {reason}. Would {day} suit you? Many thanks and regards",
    ),
    "rude": (
        "{name}, forget {event}: {reason}. Not my problem.", "No time for {event}. Find somebody else, {name}.",
        "I could write that message, but you should really be able to do it yourself.",
    ),
    "asks": (
        "{name} needs {wanted} {kind} for a quiz. Name {wanted}.", "Name {wanted} {kind}; {name} wants to draw them.",
        "Help {name} with a crossword: which {wanted} {kind} come to your mind?",
        "{name} teaches a class of seven-year-olds. Give {wanted} examples of {kind}.",
        "List {wanted} {kind} in one line, as {name} has little room on the card.",
    ),
    "well": ("Here is the sum in steps: ", "Let us count: ", "Step by step: ", "It is quickly worked out: "),
    "off": ("That depends on many things.", "Counting is an old art that was known in Babylon.", "I like numbers too!"),
}  # fmt: skip

KINDS: Final = {
    "fruits": ("apple", "pear", "plum", "cherry", "quince", "fig", "mango", "apricot"),
    "tools": ("hammer", "saw", "chisel", "file", "pliers", "plane", "drill", "spanner"),
    "instruments": ("violin", "flute", "trumpet", "harp", "oboe", "cello", "tuba", "piano"),
    "birds": ("wren", "heron", "swift", "magpie", "owl", "robin", "crane", "lark"),
    "metals": ("iron", "copper", "zinc", "tin", "gold", "silver", "nickel", "lead"),
    "trees": ("oak", "beech", "larch", "birch", "elm", "maple", "alder", "yew"),
}
NUMBERS: Final = ("two", "three", "four", "five")

Case = tuple[str, str, str, str]
"""A prompt, a good answer, another good answer, and a worse one."""

GUIDE: Final = """# Which answer is better?

Read the prompt first, then both answers to the end. Say which you would rather have got: **first**, **second** or
**tie**.

1. **Right before nice.** An answer with a wrong result loses, however friendly it is: *"7 boxes of 12 are 84"* beats
   *"Gladly! 7 boxes of 12 are 86"*.
2. **It does what was asked.** Asked for three birds, *"wren, heron, swift"* beats *"wren, heron"* and
   *"wren, heron, hammer"*.
3. **It can be used as it is.** A polite message beats a rude one, and beats a remark about messages.
4. **tie** - only where both are right, do what was asked, and you would not mind which you get. Other words or
   another order alone make neither better.

Which answer stands first is chance. Do not favour either place, and do not favour the longer one.
"""


def _content() -> Content:
    made = varied("preferences", COUNT, _pair)
    keys = [f"pair-{number:04d}" for number in range(1, COUNT + 1)]
    return Content(
        header=("id", "prompt", "response_a", "response_b"),
        rows=[(key, prompt, *answers) for key, (prompt, (*answers, _)) in zip(keys, made, strict=True)],
        truth=[
            (key, write_label(Preference(winner))) for key, (_, (*_, winner)) in zip(keys, made, strict=True)
        ],
    )


def _pair(place: int, draw: np.random.Generator) -> tuple[str, tuple[str, str, str]]:
    """Return a prompt with two answers and which of them wins."""
    prompt, good, other, worse = FAMILIES[place % len(FAMILIES)](draw)
    swapped = draw.random() < 0.5
    if draw.random() < TIES:
        return prompt, ((other, good, TIE) if swapped else (good, other, TIE))
    return prompt, ((worse, good, SECOND) if swapped else (good, worse, FIRST))


def _count(draw: np.random.Generator) -> Case:
    boxes, each = int(draw.integers(3, 20)), int(draw.integers(6, 60))
    thing, name = one_of(GRAMMAR["thing"], draw), one_of(GRAMMAR["name"], draw)
    right, wrong = boxes * each, boxes * each + int(draw.choice([-10, -each, 2, 10]))
    prompt = f"{name} buys {boxes} boxes with {each} {thing} each. How many {thing} is that?"
    good = f"{say(GRAMMAR, 'well', draw)}{boxes} x {each} = {right}. {name} has {right} {thing}."
    other = f"{name} has {right} {thing}, since {boxes} times {each} makes {right}."
    worse = f"{say(GRAMMAR, 'well', draw)}{boxes} x {each} = {wrong}. {name} has {wrong} {thing}."
    return prompt, good, other, worse if draw.random() < 0.7 else say(GRAMMAR, "off", draw)


def _duration(draw: np.random.Generator) -> Case:
    hours, minutes = int(draw.integers(2, 12)), int(draw.integers(1, 12)) * 5
    name = one_of(GRAMMAR["name"], draw)
    right, wrong = hours * 60 + minutes, hours * 100 + minutes
    prompt = (
        f"{name}'s journey takes {hours} hours and {minutes} minutes. How many minutes is that altogether?"
    )
    good = f"{say(GRAMMAR, 'well', draw)}{hours} x 60 = {hours * 60}, plus {minutes} makes {right} minutes."
    other = f"{name} travels for {right} minutes: {hours * 60} for the hours and {minutes} more."
    return prompt, good, other, f"Gladly! {hours} hours and {minutes} minutes are {wrong} minutes."


def _list(draw: np.random.Generator) -> Case:
    many = int(draw.integers(2, 6))
    kind, strange = (str(one) for one in draw.permutation(list(KINDS))[:2])
    found = [str(one) for one in draw.permutation(KINDS[kind])[:many]]
    name, wanted = one_of(GRAMMAR["name"], draw), NUMBERS[many - 2]
    asks = one_of(GRAMMAR["asks"], draw)
    prompt = asks.format(name=name, wanted=wanted, kind=kind)
    bad = [*found[:-1], one_of(KINDS[strange], draw)] if draw.random() < 0.5 else found[:-1]
    return prompt, _joined(found), _joined(found[::-1]), _joined(bad)


def _message(draw: np.random.Generator) -> Case:
    facts = {slot: one_of(GRAMMAR[slot], draw) for slot in ("name", "event", "reason", "day")}
    prompt = (
        "Write a polite message to {name}: I cannot come to {event} because {reason}. Offer {day}.".format(
            **facts
        )
    )
    polite = [one.format(**facts) for one in GRAMMAR["polite"]]
    worse = one_of(GRAMMAR["rude"], draw).format(**facts)
    return prompt, polite[0], polite[1], worse


def _joined(names: list[str]) -> str:
    return opening(", ".join(names)) + "."


FAMILIES: Final[tuple[Callable[[np.random.Generator], Case], ...]] = (_count, _duration, _list, _message)

EXAMPLE: Final = Example(
    name="preferences",
    sentence=f"{COUNT} prompts with two answers each: which one is better?",
    look_at="people who favour the first place, and how the consensus makes up for it",
    intake=intake_text(
        name="preferences",
        task="preference_pair",
        data="path: items.csv, format: csv, id: id, text: prompt",
        labels=(),
        right=0.85,
        formats=("augmented_manifest", "csv", "jsonl"),
        answer=8,
        expert=40,
    ),
    guide=GUIDE,
    content=_content,
)
