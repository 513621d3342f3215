"""Consolidation by label value: one kind of answer, one file."""
