"""Tenants, members with their accounts, API keys, invitations and sessions."""
