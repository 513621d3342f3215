"""Wanted answers, leases, answers and pay, and the people of a project who give them."""
