"""Webhooks: who is told of which events, and how each message went."""
