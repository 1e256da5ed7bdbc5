"""What reading a file may take, however hostile it is."""

MAX_EXTRA_BYTES = 64 * 2**20
# A pickle instruction of one byte takes nine.
_CALLS_PER_BYTE = 20
_CALLS_OF_ANY_FILE = 50_000


def max_calls(n_bytes):
    """Return how many calls of functions the reading of a file of so many bytes may take."""
    return _CALLS_PER_BYTE * n_bytes + _CALLS_OF_ANY_FILE
