"""Going back: what one said last, and mending it."""
