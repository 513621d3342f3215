"""Who may do what: the table of permissions, first line of every action."""
