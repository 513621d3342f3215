"""The data of the examples, one file per use case."""
