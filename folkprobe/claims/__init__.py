"""What the articles say, judged."""
