"""Deliveries: written, listed, downloaded, and verified by anybody."""
