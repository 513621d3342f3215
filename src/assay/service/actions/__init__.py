"""What people and scripts can do: one verb, one file, one call. The first line asks the permission table."""
