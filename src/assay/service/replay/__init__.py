"""Replays of recorded answers: what the real decisions would have made of them."""
