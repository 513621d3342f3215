"""When to ask again, whom to ask, and what experts should look at."""
