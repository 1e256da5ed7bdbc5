"""What a sequence of numbers shows."""
