"""Pages of requesters: requests, projects, batches, deliveries, and their charts."""
