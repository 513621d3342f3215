"""Requests: drafts with their files and quote, and the intake that is filed."""
