"""Commands about projects and batches, on this machine or a server."""
