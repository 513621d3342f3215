"""Pages of one's own account, and what the account library is told."""
