"""Speak to a server from Python: `assay.client.connect(url, key=...)`."""
