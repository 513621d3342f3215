"""Programs that developers run; none of them is part of what is installed."""
