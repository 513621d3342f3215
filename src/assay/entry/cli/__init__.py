"""The command line: `assay COMMAND`, one module per command, one table that lists them."""
