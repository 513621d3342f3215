"""Keeping an installation sound: backup and restore, examination, what is kept how long."""
