"""Consolidation of marked objects: found, named, placed and described, whatever kind they are."""
