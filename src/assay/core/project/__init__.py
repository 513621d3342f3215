"""Projects, batches and items: the intake that asks for them and the states they move through."""
