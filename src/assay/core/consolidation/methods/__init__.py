"""The algorithms that several label values share: one algorithm, one file."""
