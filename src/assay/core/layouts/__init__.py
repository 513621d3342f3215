"""What the layouts of files have in common: columns, rows, streams."""
