"""Audit events and their chain, and the webhooks that are told of them."""
