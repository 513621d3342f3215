"""Further batches: new data for a project that is filed already, from a folder or a draft."""
