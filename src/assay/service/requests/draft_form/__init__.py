"""The form of a draft: its fields and rows, and the intake's text that they stand for."""
