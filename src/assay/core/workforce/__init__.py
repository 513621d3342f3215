"""People: what they have shown to know, and whom to pause."""
