"""The ports: what a task type, a format, a pre-labeller, a workforce and a store of blobs must be able to do.

They live here and not beside their members, so that members never need one another.
"""
