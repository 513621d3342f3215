"""What Assay says and does: permit, load, decide, save, record."""
