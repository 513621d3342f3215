"""People with an account: invited, joined, changed; names and addresses."""
