"""The tables' history; both databases from the first step."""
