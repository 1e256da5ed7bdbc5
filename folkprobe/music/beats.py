"""Where the beats of a bar begin: where ABC has its spaces and staff notation parts its beams."""

from collections.abc import Iterator

from folkprobe.music.durations import Stretch, bar_eighths


def beat_starts(stretch: Stretch, *, is_pickup: bool) -> Iterator[int]:
    """Find the events that begin on a beat.

    Parameters
    ----------
    stretch : Stretch
        A bar. Without a metre it has no beats.
    is_pickup : bool
        A pickup ends on a beat; it does not begin on one.

    Yields
    ------
    int
        Index of the event's first token, which for the first event of a tuplet is the tuplet's; events inside a tuplet
        begin no beat. A beat is three eighths in n/8 where n is a multiple of 3, else 1/d.
    """
    if stretch.meter is None:
        return
    n, d = (int(number) for number in stretch.meter[2:].split("/"))
    beat = 3 if d == 8 and n % 3 == 0 else bar_eighths(f"M:1/{d}")
    first_token = {tuplet.first_event: tuplet.token_index for tuplet in stretch.tuplets}
    inside = {tuplet.first_event + event for tuplet in stretch.tuplets for event in range(1, tuplet.n_events)}
    position = -sum(event.duration_eighths for event in stretch.events) if is_pickup else 0
    for number, event in enumerate(stretch.events):
        if number not in inside and position % beat == 0:
            yield first_token.get(number, event.token_index)
        position += event.duration_eighths
