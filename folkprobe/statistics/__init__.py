"""Intervals, tests, resampling and effects."""
