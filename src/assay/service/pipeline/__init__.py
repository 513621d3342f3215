"""The stages of a batch in order, and the worker that goes through them."""
