"""Shapes: how much two of them overlap, which belong together. Arrays in, arrays out."""
