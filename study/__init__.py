"""A study: what a configuration describes."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
