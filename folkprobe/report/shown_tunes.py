"""Tunes on the page: notation, sound, where its cursor stands, and files to take away."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from folkprobe.figures.embedding import data_url, embed_svg
from folkprobe.music.abc import abc_tune
from folkprobe.music.engraving import engrave
from folkprobe.music.lesion_tunes import read_lesion_tunes
from folkprobe.music.midi import MICROSECONDS_PER_QUARTER, midi_bytes, played_events
from folkprobe.music.score import mei_score
from folkprobe.music.tunes import read_tunes
from folkprobe.refusal import Refusal

_SECONDS_PER_EIGHTH = MICROSECONDS_PER_QUARTER / 2_000_000
# Lesioned networks may write without end: what is beyond is in the files only.
MOST_TOKENS = 200
_SVG = "{http://www.w3.org/2000/svg}"
# What Verovio's style sheet in each drawing selects by.
_STYLED = {"ending", "dir", "mNum", "label", "placeholder"}


def group_tunes(
    tunes_paths: Sequence[Path],
    lesion_tunes_path: Path | None,
    lesion_sets: Sequence[Mapping],
    tune_index: int,
    model: str,
    words: Mapping[str, str],
    cuts: Mapping[str, str],
) -> list[dict]:
    """Put one tune of every condition into the groups of the page.

    Parameters
    ----------
    tunes_paths : sequence of Path
        ``{condition}/tunes.h5``, the intact network's first; may be empty.
    lesion_tunes_path : Path or None
        ``lesions/tunes.h5``.
    lesion_sets : sequence of mapping
        `condition`, `layer`, `family` and `kind` of the conditions that are shown of it.
    tune_index : int
        Of the tune, in each file.
    model : str
        Written into the files.
    words, cuts : mapping of str to str
        What the page calls conditions, and what is done to the units of each family of lesions.

    Returns
    -------
    list of dict
        `title` and `tunes`, see `shown_tune`: first the conditions, then the lesion sets by layer, each time after the
        intact network's tune.
    """
    if not tunes_paths:
        return []
    shown = {
        name: ("Conditions", words.get(name, name), read_tunes(path).tokens(tune_index))
        for name, path in ((path.parent.name, path) for path in tunes_paths)
    }
    sets = {each["condition"]: each for each in lesion_sets}
    for each in read_lesion_tunes(lesion_tunes_path) if sets else ():
        if lesion := sets.get(each.condition):
            cut = cuts.get(lesion["family"], lesion["family"])
            title = f"layer {lesion['layer']}, {lesion['kind'].replace('_', ' ')}, {cut}"
            tokens = each.tunes.tokens(tune_index)
            shown[each.condition] = f"Lesion sets of layer {lesion['layer']}", title, tokens
    groups: dict[str, list[dict]] = {}
    for number, (condition, (group, title, tokens)) in enumerate(shown.items()):
        tune = shown_tune(tokens, name=condition, title=f"{model}, {condition}, tune {tune_index}", number=number)
        groups.setdefault(group, groups.get("Conditions", [])[:1]).append(tune | {"title": title})
    return [{"title": title, "tunes": tunes} for title, tunes in groups.items()]


def shown_tune(tokens: Sequence[str], *, name: str, title: str, number: int) -> dict[str, object]:
    """Describe a tune as the page shows and plays it.

    Parameters
    ----------
    tokens : sequence of str
        The tune.
    name : str
        Of the condition.
    title : str
        Written into the files.
    number : int
        Of the tune on the page, from 0; the same number gives the same bytes.

    Returns
    -------
    dict
        `name`; `score`, the notation, or None where it cannot be drawn, with the reason as `remark`; `midi` and `abc`;
        all ``data:`` URLs; `n_tokens`; `events`, a list for each event in the order of playing: onset and duration in
        seconds, MIDI numbers, and x and y of the cursor in percent of the drawing (absent without a drawing). Shown and
        played are the first `MOST_TOKENS` tokens; the files have all.
    """
    files = {
        "midi": data_url("audio/midi", midi_bytes(tokens, title=title)),
        "abc": data_url("text/vnd.abc", abc_tune(tokens, reference_number=number + 1, title=title).encode()),
        "n_tokens": len(tokens),
    }
    tokens = tokens[:MOST_TOKENS]
    try:
        mei = mei_score(tokens)
        svg, remark = engrave(mei, panel_number=number)
    except Refusal as refusal:
        svg, remark = None, str(refusal)
    places = cursor_places(mei, svg) if svg else {}
    events = [
        [
            round(float(event.onset_eighths) * _SECONDS_PER_EIGHTH, 3),
            round(float(event.duration_eighths) * _SECONDS_PER_EIGHTH, 3),
            sorted({note.midi_number for note in event.notes}),
            *places.get(event.token_index, ()),
        ]
        for event in played_events(tokens)
    ]
    score = embed_svg(compact_svg(svg)) if svg else None
    return {"name": name, "score": score, "remark": remark, "events": events} | files


def cursor_places(mei: str, svg: str) -> dict[int, tuple[float, float]]:
    """Return where each event begins in a drawing.

    Parameters
    ----------
    mei : str
        From `folkprobe.music.score.mei_score`.
    svg : str
        What `folkprobe.music.engraving.engrave` made of it.

    Returns
    -------
    dict of int to (float, float)
        By the event's first token: its left edge and the top line of its staff, in percent of the drawing.
    """
    # Verovio draws in the order of the document; where an event is several tied notes, the first counts.
    tokens = [int(each.get("n")) for each in _pieces(ElementTree.fromstring(mei), lambda each: _local(each))]  # noqa: S314
    page = next(each for each in ElementTree.fromstring(svg).iter() if each.get("class") == "definition-scale")  # noqa: S314
    _, _, width, height = map(float, page.get("viewBox").split())
    margin_x, margin_y = _translation(page[0])
    places = []
    for staff in page.iter(f"{_SVG}g"):
        if staff.get("class") == "staff":
            top = float(staff.find(f"{_SVG}path").get("d").split()[1])
            for piece in _pieces(staff, lambda each: each.get("class")):
                left = min(_translation(glyph)[0] for glyph in piece.iter(f"{_SVG}use"))
                places.append((round(100 * (left + margin_x) / width, 2), round(100 * (top + margin_y) / height, 2)))
    # Where Verovio left something out, no cursor is better than a wrong one.
    return dict(reversed(list(zip(tokens, places, strict=True)))) if len(tokens) == len(places) else {}


def compact_svg(svg: str) -> str:
    """Return Verovio's drawing in fewer words: without names, bare groups and white space, lines in one path."""
    ElementTree.register_namespace("", _SVG[1:-1])
    ElementTree.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ElementTree.fromstring(svg)  # noqa: S314
    root_id = root.get("id")
    _compact(root, is_glyph=False)
    # In an image of its own, nothing else has the names of its glyphs.
    text = ElementTree.tostring(root, encoding="unicode").replace(f"-{root_id}", "").replace(" />", "/>")
    return text.replace("scale(0.72, 0.72)", "scale(.72)")


def _compact(parent: ElementTree.Element, *, is_glyph: bool) -> None:
    children = []
    for child in parent:
        name = _local(child)
        child.tail = None
        child.text = (child.text or "").strip() or None
        _compact(child, is_glyph=name == "defs")
        if not is_glyph:
            child.attrib.pop("id", None)
        if not _STYLED & set(child.get("class", "").split()):
            child.attrib.pop("class", None)
        if name == "g" and not child.attrib:
            children += child
        elif name != "desc":
            children.append(child)
    parent[:] = children[:1]
    for child in children[1:]:
        last = parent[-1]
        if _is_line(child) and _is_line(last) and child.get("stroke-width") == last.get("stroke-width"):
            last.set("d", f"{last.get('d')} {child.get('d')}")
        else:
            parent.append(child)


def _is_line(element: ElementTree.Element) -> bool:
    return _local(element) == "path" and element.keys() == ["d", "stroke-width"]


def _pieces(element: ElementTree.Element, kind: Callable[[ElementTree.Element], str]) -> Iterator[ElementTree.Element]:
    """Yield the notes, chords and rests below an element, not those inside a chord."""
    for child in element:
        if kind(child) in ("note", "chord", "rest"):
            yield child
        else:
            yield from _pieces(child, kind)


def _translation(element: ElementTree.Element) -> tuple[int, int]:
    x, y = re.search(r"translate\((-?\d+), (-?\d+)\)", element.get("transform")).groups()
    return int(x), int(y)


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
