"""Projects, drafts of requests and batches."""
