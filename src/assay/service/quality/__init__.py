"""What answers say of items, what that will cost, and what is proven."""
