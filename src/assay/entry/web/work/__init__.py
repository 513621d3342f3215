"""Pages of labellers and reviewers, the bench, and the media that it shows."""
