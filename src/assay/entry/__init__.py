"""The doors: each translates one outside language into one service call and back."""
