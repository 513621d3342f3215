"""Bases of task types: all of a task type but its names."""
