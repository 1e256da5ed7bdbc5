"""Analysis of sequences of numbers."""
