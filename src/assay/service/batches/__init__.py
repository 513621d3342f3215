"""A batch as its requester sees it, and what can be decided about it."""
