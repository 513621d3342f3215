"""The documents of a delivery: certificate page, report and data sheet, rendered from frozen values."""
