"""Items of a batch: their labels, what models and people say of them beside answers."""
