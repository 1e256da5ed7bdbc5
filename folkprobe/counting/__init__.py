"""Where the count of a bar is held, and what moves it."""
