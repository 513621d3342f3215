"""Supplements: later formats of a delivery, asked for, listed, written and verified."""
