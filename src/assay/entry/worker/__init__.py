"""The worker: what is due is done, on every batch, until it is stopped."""
