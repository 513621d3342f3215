"""A batch in hand: what every stage, page and person works with."""
