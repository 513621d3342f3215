"""Phrases that everybody knows: many words, and the first that somebody tries who guesses at phrases."""

import re
from typing import Final

_NOT_A_LETTER: Final = re.compile(r"[\W\d_]+")
_PHRASES: Final = """
a penny for your thoughts / all you need is love / an apple a day / beam me up scotty / better late than never /
bite the bullet / call me ishmael / correct horse battery staple / elementary my dear watson / happy birthday to you /
happy new year / happy birthday / hello world / hello my name is / home sweet home / houston we have a problem /
i am your father / i love you so much / i think therefore i am / ill be back / its now or never / just do it /
keep calm and carry on / let it be / live long and prosper / long live the king / lorem ipsum dolor sit amet /
luke i am your father / make love not war / may the force be with you / merry christmas / never give up /
never gonna give you up / no pain no gain / once upon a time / one ring to rule them all / open sesame /
practice makes perfect / rest in peace / rome was not built in a day / somewhere over the rainbow /
that is the question / the answer is forty two / the early bird / the quick brown fox /
the quick brown fox jumps over the lazy dog / there is no place like home / this is my password / this is the way /
time is money / to be or not to be / to be or not to be that is the question / to infinity and beyond /
trust no one / twinkle twinkle little star / we are the champions / welcome home / welcome to / what is love /
winter is coming / you shall not pass / your password here / my secret password / change me please
"""
_KNOWN: Final = frozenset(_NOT_A_LETTER.sub("", one.lower()) for one in _PHRASES.split("/"))
_OWN: Final = re.compile(r"assay")


def is_well_known(password: str) -> bool:
    """Whether a password is a phrase that everybody knows, with whatever signs, digits or the product's name in it."""
    letters = _NOT_A_LETTER.sub("", password.lower())
    return letters in _KNOWN or _OWN.sub("", letters) in _KNOWN
