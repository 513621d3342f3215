"""The ports: what a task type, a format, a pre-labeller and a workforce must be able to do.

They live here and not beside their members, so that members never need one another.
"""
