"""Leases and processes of workers, kept replies, and all tables at once."""
