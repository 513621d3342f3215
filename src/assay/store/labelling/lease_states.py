"""The states of a lease in SQL: those that keep a person from an item, and those that give it back."""

from typing import Final

HELD: Final = "('leased', 'submitted', 'skipped')"
GIVEN_BACK: Final = "('released', 'expired')"
