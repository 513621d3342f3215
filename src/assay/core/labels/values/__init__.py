"""Label values by kind: one kind, one file, and in it the row of the table that says what a kind needs."""
