"""Tunes: reading, counting, writing."""
