"""Where a result comes from, and whether that is still so."""
