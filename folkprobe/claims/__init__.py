"""The claims of the articles, and verdicts on them."""
