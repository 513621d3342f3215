"""From answers to consensus: one algorithm, one file."""
