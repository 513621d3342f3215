"""What speaks to one thing outside, a folder per port and below it a folder per member."""
