"""Label values: what an answer can say, and how it is written as text."""
