"""A study: what a configuration describes."""
