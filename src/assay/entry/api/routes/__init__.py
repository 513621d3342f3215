"""One file per noun; each operation is one service call."""
