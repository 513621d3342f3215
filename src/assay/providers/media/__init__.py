"""Looking at received media: what it is by its content, and a hash that near duplicates share."""
