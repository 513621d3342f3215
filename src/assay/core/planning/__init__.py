"""The plan: what a batch will need, simulated before anything starts."""
