"""What requests may set and replies carry: every field is named (SEC-3)."""
