"""What a configuration asks for."""
