"""What a tune is."""
