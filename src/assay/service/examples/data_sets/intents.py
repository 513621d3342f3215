"""Requests to a bank's assistant: what does the customer want?"""

from typing import Final

import numpy as np

from assay.service.examples.example_folder import Content, Example, intake_text, listed
from assay.service.examples.made_up_sentences import Grammar, opening, say, varied

COUNT: Final = 600
LABELS: Final = (
    ("balance", "Wants to know how much money there is."),
    ("transfer", "Wants to send money to somebody."),
    ("card lost", "A card was lost or stolen, or must be blocked."),
    ("card order", "Wants a new, second or other card that was not lost."),
    ("card refused", "A card was there, but a payment with it did not go through."),
    ("unknown payment", "Does not know a payment that was taken from the account."),
    ("change address", "Moves house, or has another address, mail or phone number."),
    ("password", "Cannot sign in, or wants another password or PIN."),
    ("loan", "Asks about borrowing money."),
    ("savings", "Asks about saving money, or about interest on it."),
    ("close account", "Wants to leave, or to close an account."),
    ("speak to a person", "Wants a human being, whatever it is about."),
)
GRAMMAR: Final[Grammar] = {
    "hello": ("", "", "hello, ", "hi there, ", "good morning, ", "excuse me, ", "quick question: ", "please help: "),
    "bye": ("", "", ", please", ", thanks", ", as soon as you can", ", if that is possible", " today"),
    "where": (
        "at the petrol station", "in the supermarket", "on the train", "in a hotel abroad", "at the hairdresser's",
        "in an online shop", "at the cinema", "at the chemist's", "in a small café", "at the market",
    ),
    "who": (
        "my brother", "my landlord", "the plumber", "my daughter", "a friend in Lisbon", "the school", "my aunt",
        "our football club", "the garage", "my flatmate",
    ),
    "sum": ("20 euros", "75 euros", "140 euros", "300 euros", "450 euros", "1,200 euros", "2,600 euros", "9 euros"),
    "when": (
        "this morning", "last night", "on Monday", "two days ago", "at the weekend", "just now", "after lunch",
        "on my way home", "at the end of the month", "on Friday",
    ),
    "purpose": (
        "a new kitchen", "a used car", "my studies", "a wedding", "repairs on the roof", "a heat pump",
        "a small van", "the dentist's bill",
    ),
    "account": ("my account", "the household account", "my savings book", "the joint account", "my second account"),
    "balance": (
        "how much is on {account} {when}", "what is left after I paid {sum} to {who}", "did {account} go below {sum}",
        "can you tell me whether there is {sum} on {account}", "show me the balance of {account} from {when}",
        "has my pay arrived and how much do I have with it on {account}",
    ),
    "transfer": (
        "send {sum} to {who} {when}", "I want to pay {who} {sum} for the tickets", "move {sum} from {account} to {who}",
        "how do I transfer {sum} to {who}", "I owe {who} {sum}, can you pay it from {account}",
        "set up a monthly payment of {sum} to {who}",
    ),
    "card lost": (
        "I left my card {where} {when} and it is gone", "my purse was stolen {where} {when}, block the card",
        "block my card, it must have fallen out {where}", "somebody took my card {where} {when}",
        "I cannot find my card since I was {where} {when}",
    ),
    "card order": (
        "I would like a second card for {who}", "my card runs out {when}, when does the new one come",
        "can I have a card with my own picture for {account}", "please send a card for {account} to {who}",
        "the chip of my card is worn out since {when}, I need another one", "how do I order a credit card for {account}",
    ),
    "card refused": (
        "my card did not work {where} {when}", "the payment of {sum} {where} was refused although there is money",
        "why was I told {where} that my card is declined", "the terminal {where} said no to my card {when}",
        "I could not pay {sum} {where} with my card {when}",
    ),
    "unknown payment": (
        "there is a payment of {sum} from {when} that I never made", "who took {sum} from {account} {when}",
        "I see {sum} paid {where} but I was not there", "I do not recognise {sum} on {account} {when}",
        "{sum} were taken {where} {when}, that was not me",
    ),
    "change address": (
        "I move house {when}, where do I give you the new address", "my letters still go to {who}, change my address",
        "I have another phone number since {when}", "please use my new e-mail address for {account} from {when}",
        "I live with {who} now, how do I update my address",
    ),
    "password": (
        "I forgot my password {when}", "the app does not let me sign in since {when}", "I need a new PIN for {account}",
        "I typed the wrong code three times {where} and now {account} is locked",
        "how do I reset the password of {account}",
    ),
    "loan": (
        "can I borrow {sum} for {purpose}", "what would a loan for {purpose} cost me a month",
        "I want to pay back my loan for {purpose} early, {sum} {when}", "do you lend money for {purpose}",
        "how long does it take until a loan of {sum} for {purpose} is agreed",
    ),
    "savings": (
        "what interest do I get on {sum}", "I want to put {sum} aside every month for {purpose}",
        "open a savings account for {who}", "is it better to leave {sum} on {account} or to save it for {purpose}",
        "when is the interest on my savings of {sum} paid",
    ),
    "close account": (
        "I want to close {account} {when}", "how do I cancel everything I have with you by {when}",
        "I go to another bank {when}, please close {account}", "{account} is no longer needed since {when}, end it",
        "I am leaving you because of {who}, close {account}",
    ),
    "speak to a person": (
        "let me talk to a real person about {purpose}", "I want to speak with somebody in the branch {when}",
        "stop, give me a human, it is about {who}", "can an adviser call me {when}",
        "this robot does not understand me, connect me with a colleague about {account}",
    ),
}  # fmt: skip

GUIDE: Final = """# What does the customer want?

Each text is what somebody typed to a bank's assistant. Choose what they want to happen next.

- **card lost**, **card refused** or **card order**? Gone, or in strange hands: *lost*. In the hand, but a payment
  failed: *refused*. Everything else about getting a card: *order*. *"My purse was stolen on the train"* is *card lost*.
- **unknown payment** is money that is gone already: *"20 euros were taken, that was not me"*. Money that somebody
  wants to send is a **transfer**.
- **savings** or **loan**? Money that is put aside, or money that is borrowed; the purpose does not matter.
- Whoever asks for a human being gets **speak to a person**, whatever it is about.

Two wishes in one text: choose the first.
"""


def _content() -> Content:
    made = varied("intents", COUNT, _request)
    keys = [f"request-{number:04d}" for number in range(1, COUNT + 1)]
    return Content(
        header=("id", "text"),
        rows=[(key, text) for key, (text, _) in zip(keys, made, strict=True)],
        truth=[(key, intent) for key, (_, intent) in zip(keys, made, strict=True)],
    )


def _request(place: int, draw: np.random.Generator) -> tuple[str, str]:
    intent = LABELS[place % len(LABELS)][0]
    text = say(GRAMMAR, "hello", draw) + say(GRAMMAR, intent, draw) + say(GRAMMAR, "bye", draw)
    return (opening(text) if draw.random() < 0.7 else text), intent


EXAMPLE: Final = Example(
    name="intents",
    sentence=f"{COUNT} requests to a bank's assistant, twelve intents",
    look_at="the guide's borderline cases, and the labels that are mixed up most in the report",
    intake=intake_text(
        name="intents",
        task="text_classification",
        data="path: items.csv, format: csv, id: id, text: text",
        labels=listed(LABELS),
        right=0.92,
        formats=("augmented_manifest", "csv", "jsonl"),
    ),
    guide=GUIDE,
    content=_content,
)
