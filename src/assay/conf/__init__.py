"""Starts the process: settings, databases. Nobody imports this floor."""
