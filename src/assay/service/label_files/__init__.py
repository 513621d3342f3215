"""Files of labels and answers without a project: convert, consolidate, check."""
