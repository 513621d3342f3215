"""The rules and the mathematics: no framework, no clock, no shared randomness."""
