"""Assay turns raw data into labelled data sets with a certificate."""

__version__ = "0.1.0"
