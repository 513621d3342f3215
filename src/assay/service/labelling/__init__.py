"""What labellers and experts do: take, answer, skip, release; what the bench shows them."""
