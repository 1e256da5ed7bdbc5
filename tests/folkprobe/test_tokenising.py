"""ABC tune books to tokens: every expected token is worked out by hand."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkprobe.music.abc_source import parse_key
from folkprobe.music.bars import count_bars
from folkprobe.music.tokenising import read_tune_book, tokenise_tune, tokenise_tune_book
from folkprobe.refusal import Refusal

ROOT = Path(__file__).parents[2]
SESSION_TUNES = ROOT.parent / "shared" / "tunes" / "session.txt"
VOCABULARY = json.loads((ROOT / "resources" / "vocabulary_v2.json").read_text(encoding="utf-8"))


def tokens(body: str, key: str = "C", meter: str = "4/4", unit: str = "1/8") -> str:
    """The tune's tokens after the meter token, in one string."""
    tune = tokenise_tune(f"X:1\nT:Title\nM:{meter}\nL:{unit}\nK:{key}\n{body}\n", VOCABULARY)
    return " ".join(tune[1:])


@pytest.mark.parametrize(
    ("key", "body", "expected"),
    [
        ("C", "CDEc|", "K:Cmaj C D E c |"),
        # G to C: three steps up is nearer than four down.
        ("G", "D G B f g|", "K:Cmaj G c e b c' |"),
        # D to C: one step down; the signature's F sharp and C sharp become E and B.
        ("D", "D F A c d|", "K:Cmaj C E G B c |"),
        ("A", "A, C E a|", "K:Cmaj C E G c' |"),
        ("E", "E G B e|", "K:Cmaj C E G c |"),
        ("F", "F A c f|", "K:Cmaj C E G c |"),
        ("Bb", "B, D F B|", "K:Cmaj C E G c |"),
        ("F#m", "F A c f|", "K:Cmin C E G c |"),
        ("A Dorian", "A B c d e f g|", "K:Cdor c d e f g a b |"),
        ("E Minor", "E F G A B c d|", "K:Cmin C D E F G A B |"),
        ("Aaeo", "A B c|", "K:Cmin c d e |"),
        ("Amix", "A c e g|", "K:Cmix c e g b |"),
        ("D mixolydian clef=treble", "D F A|", "K:Cmix C E G |"),
        ("G treble", "G|", "K:Cmaj c |"),
        ("GMAJOR", "G|", "K:Cmaj c |"),
    ],
)
def test_tune_is_transposed_to_c_in_its_mode(key, body, expected):
    assert tokens(body, key) == expected


@pytest.mark.parametrize(
    ("key", "altered"),
    [
        ("C", {}),
        ("A", {"F": 1, "C": 1, "G": 1}),
        ("Ddor", {}),
        ("Em", {"F": 1}),
        ("Cmin", {"B": -1, "E": -1, "A": -1}),
        ("Gmix", {}),
        ("F#", dict.fromkeys("FCGDAE", 1)),
        ("G#", dict.fromkeys("CGDAEB", 1) | {"F": 2}),
        ("Bbdor", dict.fromkeys("BEAD", -1)),
    ],
)
def test_key_signature(key, altered):
    assert parse_key(key).signature == {letter: altered.get(letter, 0) for letter in "CDEFGAB"}


@pytest.mark.parametrize(
    ("key", "body", "expected"),
    [
        # Below the signature's sharp by one: below C major's B by one.
        ("G", "=f|", "_b"),
        ("G", "^f|", "=b"),
        ("G", "^c|", "^f"),
        ("D", "=c|", "_B"),
        ("D", "^G|", "^F"),
        # E natural minor's seventh raised: C minor's B flat, raised.
        ("Em", "^d|", "=B"),
        ("Em", "=c|", "_A"),
        ("Em", "^c|", "=A"),
        ("Gm", "^f|", "=b"),
        ("F", "=B|", "^F"),
        ("Ador", "=f|", "_a"),
        ("Amix", "^g|", "=b"),
        ("Eb", "=A|", "^F"),
    ],
)
def test_accidental_keeps_its_distance_from_the_key_signature(key, body, expected):
    assert tokens(body, key).split()[1] == expected


@pytest.mark.parametrize(
    ("key", "body", "expected"),
    [
        # Three steps up, b' would become e''; four down it is e'.
        ("G", "g b'|", "K:Cmaj c e' |"),
        # One step down, G,, would become F,,; six up it is F,.
        ("D", "G,, D|", "K:Cmaj F, c |"),
    ],
)
def test_tune_that_leaves_the_vocabulary_takes_the_next_octave(key, body, expected):
    assert tokens(body, key) == expected


@pytest.mark.parametrize(
    ("unit", "body", "expected"),
    [
        ("1/8", "C C2 C3 C4 C/2 C/ C// C/4 C3/2 C3/ |", "C C 2 C 3 C 4 C /2 C /2 C /4 C /4 C 3/2 C 3/2 |"),
        ("1/4", "C C2 C/2 C3/2|", "C 2 C 4 C C 3 |"),
        ("1/16", "C C2 C4 C6 C3|", "C /2 C C 2 C 3 C 3/2 |"),
        ("1/8", "C [L:1/16] C2 [L:1/4] C\nL:1/8\nC|", "C C C 2 C |"),
        ("1/8", "z x2 C|", "z z 2 C |"),
    ],
)
def test_lengths_are_in_eighths(unit, body, expected):
    assert tokens(body, unit=unit) == f"K:Cmaj {expected}"


@pytest.mark.parametrize(
    ("meter", "expected"),
    [("C", "M:4/4"), ("C|", "M:4/4"), ("2/2", "M:4/4"), ("4/4", "M:4/4"), ("6/8", "M:6/8"), ("12/8", "M:12/8")],
)
def test_meter_token(meter, expected):
    assert tokenise_tune(f"X:1\nM:{meter}\nL:1/8\nK:C\nC|", VOCABULARY)[0] == expected


@pytest.mark.parametrize(("meter", "length"), [("2/4", "/2"), ("3/4", "2")])
def test_unit_without_l_follows_the_meter(meter, length):
    # ABC 2.1, section 3.1.7: 1/16 below 3/4, else 1/8; "C2" in 2/4 is then one eighth.
    body = tokenise_tune(f"X:1\nM:{meter}\nK:C\nC2 D|", VOCABULARY)[2:]
    assert body == (("C", "D", "/2", "|") if length == "/2" else ("C", "2", "D", "|"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("[CE]2 [GB]|", "[ C E ] 2 [ G B ] |"),
        ("[C2E2] [C2E]2 [C]|", "[ C E ] 2 [ C E ] 4 C |"),
        ("(3CDE (3:2:3CDE (3::CDE|", "(3 C D E (3 C D E (3 C D E |"),
        ("(3C/D/E/ ((3CDE)|", "(3 C /2 D /2 E /2 (3 C D E |"),
        ("C>D C<D C2>D2 C/>D/ C/<D/ C4>D4|", "C > D C < D C 2> D 2 C /2> D /2 C /2< D /2 C 4> D 4 |"),
        ("C > D|", "C > D |"),
        # Unequal, doubled and chained broken rhythm has no token: C lasts 2 * 3/2, 2 * 7/4, 1, 3/2.
        ("C2>D|", "C 3 D /2 |"),
        ("C2>>D2|", "C 7/2 D /2 |"),
        ("C2<D|", "C D 3/2 |"),
        ("C>D>E|", "C 3/2 D 3/4 E /2 |"),
        ("C>{d}D [CE]>G|", "C > D [ C E ] > G |"),
        ("(3CDE>F|", "(3 C D E 3/2 F /2 |"),
        ("{cd}C {/e}D|", "C D |"),
        ('"Gm7"C "^slow"D|', "C D |"),
        ("!trill!C +fermata+D ~E .F TG uA vB|", "C D E F G A B |"),
        ("(CD) (E(FG))|", "C D E F G |"),
        ("C-C D2-|D|", "C C D 2 | D |"),
        ("C`D y2 E$ F\\\nG !\nA|", "C D E F G A |"),
        ("C % a comment\nD|", "C D |"),
        ("P:A\nC|\nw: la la\nN:note\nD|", "C | D |"),
        ("[P:B]C [K:C]D [M:4/4]E|", "C D E |"),
    ],
)
def test_what_the_format_has_is_kept_and_the_rest_dropped(body, expected):
    assert tokens(body) == f"K:Cmaj {expected}"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("|C|D||E|]", "C | D | E |"),
        ("[|C|D", "C | D |"),
        ("|:C:|D:|", "|: C :| D :|"),
        ("|:C::D:|", "|: C :| |: D :|"),
        ("|:C:|:D:||:E:||", "|: C :| |: D :| |: E :|"),
        ("C||\n|:D:|", "C |: D :|"),
        ("|:C|1D:|2E||", "|: C |1 D :| |2 E |"),
        ("|:C|[1D:|[2E|]", "|: C |1 D :| |2 E |"),
        ("|:C[1D:|[2 E|]", "|: C |1 D :| |2 E |"),
        ("|:C [1 D :| [2 E |]", "|: C |1 D :| |2 E |"),
        ("C | | D |", "C | D |"),
        ("C|D|:", "C | D |"),
        ("::C::", "|: C :|"),
        ("C.|D|", "C | D |"),
        # A line of music that looks like a field.
        ("C|\nD:|", "C | D :|"),
    ],
)
def test_bar_signs(body, expected):
    assert tokens(body) == f"K:Cmaj {expected}"


@pytest.mark.parametrize(
    ("abc", "reason"),
    [
        ("M:4/4\nK:C\nC|[K:G]D|", "the key changes inside the tune"),
        ("M:4/4\nK:C\nC|\nK:Am\nD|", "the key changes inside the tune"),
        ("M:4/4\nK:C\nC|[M:3/4]D|", "the meter changes inside the tune"),
        ("M:4/4\nK:C\nV:1\nC|", "the tune has voices (V:)"),
        ("M:4/4\nV:1\nK:C\nC|", "the tune has voices (V:)"),
        ("M:4/4\nK:G lydian\nC|", "the mode of the key 'G lydian' is not one of maj, min, dor, mix"),
        ("M:4/4\nK:Hp\nC|", "the key 'Hp' has no tonic"),
        ("M:4/4\nK:D =c\nC|", "the key 'D =c' has accidentals of its own"),
        ("M:3/8\nK:C\nC|", "the meter 3/8 has no token"),
        ("M:none\nK:C\nC|", "the tune has no meter (M:)"),
        ("K:C\nC|", "the tune has no meter (M:)"),
        ("M:4/4\nC|", "the tune has no key (K:)"),
        ("M:4/4\nK:C\n||", "the tune has no notes"),
        ("M:4/4\nL:1/8\nK:C\nC7/4|", "the token 7/4 is outside the vocabulary"),
        ("M:4/4\nL:1/8\nK:C\n^^C|", "the token ^^C is outside the vocabulary"),
        ("M:4/4\nK:C\nC|3D|", "the tune has endings other than a first and a second one"),
        ("M:4/4\nK:C\nC&D|", "the sign '&' cannot be expressed in the format"),
        ("M:4/4\nK:C\n(3:2:2C2D|", "the tuplet (3:2:2 has no token"),
        ("M:4/4\nK:C\n(3CD|E|", "a bar line cuts a chord or a tuplet"),
        ("M:4/4\nK:C\n(3C(3DEF|", "a tuplet begins inside a tuplet"),
        ("M:4/4\nK:C\nC><D|", "broken rhythm is not between two notes of a bar"),
        ("M:4/4\nK:EM\nC|", "the mode of the key 'EM' is not one of maj, min, dor, mix"),
        ("M:4/4\nK:C\nC|1[2D|", "the tune has endings other than a first and a second one"),
        ("M:4/4\nK:C\n(5:3:5CDEFG|", "the tuplet (5:3:5 has no token"),
        ("M:6/8\nK:C\n(5:2:5CDEFG|", "the tuplet (5:2:5 has no token"),
        ("M:4/4\nK:C\nC>|D|", "broken rhythm is not between two notes of a bar"),
        ("M:4/4\nK:C\n2C|", "a length without a note"),
        ("M:4/4\nL:1/0\nK:C\nC|", "the unit note length L:1/0 is not a fraction"),
        ("M:4/4\nK:C\nC/0|", "the length /0 is not a number"),
    ],
)
def test_tune_without_a_form_in_the_format_is_left_out_with_its_reason(abc, reason):
    book = tokenise_tune_book(f"X: 7\n{abc}\n\nX:8\nM:4/4\nL:1/8\nK:C\nC D|\n", VOCABULARY)
    assert [(tune.reference_number, tune.reason) for tune in book.left_out] == [("7", reason)]
    assert book.tunes == (("M:4/4", "K:Cmaj", "C", "D", "|"),)
    assert book.reason_counts == {reason: 1}


def test_book_header_holds_for_all_tunes_and_text_between_tunes_is_skipped():
    book = tokenise_tune_book(
        "M:6/8\nL:1/4\n\nX:1\nK:C\nC|\n\nSome prose: C D E\n\nX:2\nL:1/8\nK:C\r\nD|\r\n", VOCABULARY
    )
    assert book.tunes == (("M:6/8", "K:Cmaj", "C", "2", "|"), ("M:6/8", "K:Cmaj", "D", "|"))


def test_bars_keep_their_exact_durations():
    abc = (
        'X:1\nM:6/8\nL:1/16\nK:Edor\n{f}E2|[GB]4 e2 (3.A4B4A4 ~z2 |1 B3>c1 d/2e/2 f//:|2 "Em"E6<F6|(4EFGA B12|'
        "(2e3f3 g>a b2>>a2|]"
    )
    # By hand, in sixteenths: 2 | 4 2 8 2 | 9/2 1/2 1/2 1/2 1/4 | 3 9 | 3 12 | 9 3/2 1/2 7/2 1/2.
    expected = [Fraction(sixteenths) / 2 for sixteenths in (2, 16, Fraction(25, 4), 12, 15, 15)]
    vocabulary = {*VOCABULARY, "9/4", "/2", "3/4", "1/4", "7/4", "9/2"}
    bars = count_bars(tokenise_tune(abc, vocabulary)).bars
    assert [bar.duration for bar in bars] == expected


NOTES = st.lists(
    st.tuples(st.sampled_from("CDEFGABcdefgz"), st.sampled_from([1, 2, 3, 4]), st.sampled_from(["", "-", " ", "{a}"])),
    min_size=1,
    max_size=6,
)


@given(bars=st.lists(NOTES, min_size=1, max_size=5), unit=st.sampled_from([4, 8, 16]), key=st.sampled_from("CDEFGAB"))
def test_any_tune_of_plain_lengths_keeps_its_bars(bars, unit, key):
    body = "|".join("".join(f"{note}{length}{after}" for note, length, after in bar) for bar in bars)
    tune = tokenise_tune(f"X:1\nM:4/4\nL:1/{unit}\nK:{key}\n{body}|\n", VOCABULARY)
    sums = [sum(Fraction(8 * length, unit) for _, length, _ in bar) for bar in bars]
    assert [bar.duration for bar in count_bars(tune).bars] == sums


def test_tunes_in_the_format_are_their_own_tokens():
    if not SESSION_TUNES.exists():
        pytest.skip(f"no {SESSION_TUNES}: the 800 tunes of thesession.org are not here")
    tunes = [line.split() for line in SESSION_TUNES.read_text(encoding="utf-8").splitlines()]
    # Lengths inside chords and bar signs at either end are normalised.
    plain = [tune for tune in tunes if "[" not in tune and tune[2] != "|" and tune[-1] in ("|", ":|")]
    assert len(plain) > 700
    n_changed = 0
    for meter, key, *music in plain:
        # The format's tokens are ABC but for the space before a length.
        body = re.sub(r" (?=[/0-9])", "", " ".join(music))
        book = tokenise_tune_book(f"X:1\n{meter}\nL:1/8\n{key}\n{body}", VOCABULARY)
        n_changed += book.tunes != ((meter, key, *music),)
    # Two tunes have broken rhythm between unequal notes, one a tuplet that a bar line cuts.
    assert n_changed == 3


@given(st.text(alphabet="XKMLV:/|[]()<>{}\"!+~^_=,'abcgzABC0123456789 \n%\\", max_size=60))
def test_any_text_is_tokenised_or_left_out(text):
    book = tokenise_tune_book(f"X:1\nM:4/4\nK:C\n{text}", VOCABULARY)
    assert len(book.tunes) + len(book.left_out) >= 1
    assert all(token in VOCABULARY for tune in book.tunes for token in tune)


def test_book_in_latin_1_is_read(tmp_path):
    path = tmp_path / "book.abc"
    path.write_bytes("X:1\nT:Tá\n".encode("latin-1"))
    assert read_tune_book(path) == "X:1\nT:Tá\n"


@pytest.mark.parametrize("content", [None, b"no tune here"])
def test_file_without_tunes_is_refused_by_name(tmp_path, content):
    path = tmp_path / "book.abc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refusal, match=r"book\.abc"):
        read_tune_book(path)
