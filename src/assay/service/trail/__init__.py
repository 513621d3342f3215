"""The audit trail: sealed, signed, read, exported and verified."""
