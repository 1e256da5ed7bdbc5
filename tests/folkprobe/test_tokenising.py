"""ABC tune books to tokens: every expected token is worked out by hand."""

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folkprobe.music.abc_key import parse_key
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
        # Reserved for the future, to be ignored (ABC 2.1, section 8.1).
        ("@C #D*E?F;G|", "C D E F G |"),
        ("Z|C8|Z2|", "z 8 | C 8 | z 8 | z 8 |"),
        ("X|", "z 8 |"),
        ("C7/4D/4E6|", "C 7 /4 D /4 E 6 |"),
        ("C>>D|", "C 7 /4 D /4 |"),
        ("C5/4D3/8|", "C 5 /4 D 3 /8 |"),
        # A final backslash joins lines, fields between them included.
        ("C\\\n2D6|", "C 2 D 6 |"),
        ("C8|\\\n% remark\n:D8:|", "C 8 |: D 8 :|"),
        ("C4\\\nw: la\nL:1/16\nD8|", "C 4 D 4 |"),
        ("(3CD\\\nE F6|", "(3 C D E F 6 |"),
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
        # Without |: a repeat goes back to the last double bar, if nothing nearer sends it back (ABC 2.1, section 4.8).
        ("|:C8|D8:|E8|F8||G8|A8:|", "|: C 8 | D 8 :| E 8 | F 8 |: G 8 | A 8 :|"),
        ("C|]D:|", "C |: D :|"),
        ("C[|D:|", "C |: D :|"),
        ("C||D|1E:|2F||G:|", "C |: D |1 E :| |2 F |: G :|"),
        ("C||D:|E:|", "C |: D :| E :|"),
        ("C||D::E:|", "C |: D :| |: E :|"),
        ("C||D||E:|", "C | D |: E :|"),
        ("C||D|E|", "C | D | E |"),
        ("||C|D:|", "C | D :|"),
        ("|:C||D:|", "|: C | D :|"),
        ("|:C|1D||E:|2F|", "|: C |1 D | E :| |2 F |"),
        ("C|1D||E:|2F|", "C |1 D | E :| |2 F |"),
        ("C||:D:|", "C |: D :|"),
        ("|:C|::|D:|", "|: C :| |: D :|"),
        ("C|D|:|", "C | D |"),
        ("C [|] D:|", "C | D :|"),
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
        ("M:4/4\nL:1/8\nK:C\nC11/4|", "the token 11/4 is outside the vocabulary"),
        ("M:4/4\nK:D exp ^f\nC|", "the key 'D exp ^f' has accidentals of its own"),
        ("M:4/4\nK:D ^f _b\nC|", "the key 'D ^f _b' has accidentals of its own"),
        (
            "M:4/4\nK:Dmaj on a fiddle\nC|",
            "the key 'Dmaj on a fiddle' goes on with 'on a fiddle', which is neither a mode nor a clef",
        ),
        ("K:C\nC|\nM:4/4\nD|", "the tune has no meter (M:)"),
        ("M:4/4\nK:C\nC|[M:6/8]D|", "the meter changes inside the tune"),
        (
            "M:4/4\nK:C\n(3CZD|",
            "rests of whole bars (Z) stand for themselves, not in a chord or a tuplet, and not 0 times",
        ),
        ("M:4/4\nK:C\n|::C::|", "the sign |:: says to play a part more than twice, and has no token"),
        ("M:4/4\nK:C\n|:C:::|", "the sign :::| says to play a part more than twice, and has no token"),
        ("M:4/4\nK:C\n|:C:|:|", "the sign :|:| is none of ABC's bar lines, and has no token"),
        ("M:4/4\nP:AAB\nK:C\nP:A\nC|\nP:B\nD|", "the parts are played in another order (P:AAB) than they are written"),
        ("M:4/4\nP:A2.B\nK:C\n[P:A]C|[P:B]D|", "the parts are played in another order (P:A2.B) than they are written"),
        ("M:4/4\nK:C\nC|!D.C.alfine!D|", "the tune goes on somewhere else at !D.C.alfine!"),
        ("M:4/4\nK:C\nC|!dacapo!", "the tune goes on somewhere else at !dacapo!"),
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


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("K:G\nM:6/8\nL:1/8", "M:6/8 K:Cmaj c d |"),
        ("K:G\nL:1/4\nM:6/8", "M:6/8 K:Cmaj c 2 d 2 |"),
        # The meter that stands before K: says what the unit is.
        ("M:2/4\nK:G", "M:2/4 K:Cmaj c /2 d /2 |"),
        ("K:G\nM:2/4", "M:2/4 K:Cmaj c d |"),
        ("K:D\nM:C\nK:G", "M:4/4 K:Cmaj c d |"),
        ("M:6/8\nK:G\nM:4/4\nL:1/8", "M:4/4 K:Cmaj c d |"),
        ("M:4/4\nK:G staffscale=.8", "M:4/4 K:Cmaj c d |"),
        ('M:4/4\nK:G clef=treble-8 name="Tin whistle" shift=GA', "M:4/4 K:Cmaj c d |"),
        ("M:4/4\nK:Gmin -8va", "M:4/4 K:Cmin c d |"),
        ("M:4/4\nK:Gmix bass3 octave=-1", "M:4/4 K:Cmix c d |"),
        ("M:4/4\nK:G\n+:mix", "M:4/4 K:Cmix c d |"),
        ("M:4/4\nP:AB\nK:G\nP:A\n[P:B]", "M:4/4 K:Cmaj c d |"),
        ("M:4/4\nP:AABB\nK:G", "M:4/4 K:Cmaj c d |"),
    ],
)
def test_fields_hold_that_stand_between_key_and_first_note(header, expected):
    assert " ".join(tokenise_tune(f"X:1\n{header}\nGA|", VOCABULARY)) == expected


@pytest.mark.parametrize(
    ("key", "body", "expected"),
    [
        ("C", "^C4-^C4-|C8|", "^C 4 ^C 4 | ^C 8 |"),
        # What follows in the bar is not tied, in any octave; an accidental of its own says so already.
        ("C", "^C8-|C4c2C2|", "^C 8 | ^C 4 =c 2 C 2 |"),
        ("C", "^C8-|C4^C4|", "^C 8 | ^C 4 ^C 4 |"),
        ("C", "^C8-|C8-|C8|C8|", "^C 8 | ^C 8 | ^C 8 | C 8 |"),
        ("C", "^C2C6-|C8|", "^C 2 C 6 | ^C 8 |"),
        ("C", "^C8-|c8|", "^C 8 | c 8 |"),
        ("C", "^C8|C8|", "^C 8 | C 8 |"),
        ("C", "[-^CE]8|C8|z8-|[z-C]8|", "[ ^C E ] 8 | C 8 | z 8 | [ z C ] 8 |"),
        ("C", "[^CE]8-|[CE]8|", "[ ^C E ] 8 | [ ^C E ] 8 |"),
        ("C", "[^C-E]8|[CE]8|", "[ ^C E ] 8 | [ ^C E ] 8 |"),
        ("C", "[^CE-]8|[CE]8|", "[ ^C E ] 8 | [ C E ] 8 |"),
        # F is F sharp in G major; three steps up the natural one is B flat.
        ("G", "=F8-|F4F4|", "_B 8 | _B 4 =B 4 |"),
    ],
)
def test_an_accidental_that_a_tie_carries_over_a_bar_line_is_written_again(key, body, expected):
    assert tokens(body, key) == f"K:Cmaj {expected}"


@pytest.mark.parametrize(
    "text",
    [
        "%%begintext\nfade\nbad egg\n%%endtext",
        # The block has an empty line, and what looks like another tune.
        "%%begintext\nfade\n\nX:9\nK:C\nabc|\n%%endtext",
        "%%beginps\n/a { b } def\n%%endps",
        "%%text fade",
        "H:They say\nthat a bad\nfade",
        "N:one\n+:bad egg",
        "w:oh \\\ndad",
        # Characters at which Python, and not ABC, ends a line.
        "w:oh\u2028dad",
        "w:oh\u0085dad",
        "W:oh\vdad\ffed",
    ],
)
def test_text_is_not_read_as_music(text):
    book = tokenise_tune_book(f"X:1\nM:4/4\nL:1/8\nK:C\nC8|\n{text}\nD8|\n\nX:2\nM:4/4\nL:1/8\nK:C\nE8|\n", VOCABULARY)
    assert [" ".join(tune[2:]) for tune in book.tunes] == ["C 8 | D 8 |", "E 8 |"]
    assert not book.left_out


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("C8|D8|\nfade", "line 6 may be text or notes: 'fade' (a bar line after it makes it notes, % before it text)"),
        ("C8|D8|]\nbad", "line 6 may be text or notes: 'bad'"),
        ("C8|\nadded by Ed\nD8|", "line 6 may be text or notes: 'added by Ed'"),
        ("fade\nC8|", "line 5 may be text or notes: 'fade'"),
        ("C8|D8|\nPlayed twice", "line 6 is not music from 'l' on: 'Played twice'"),
        ("C8|D8|\nD.C. al Fine", "line 6 is not music from 'l' on: 'D.C. al Fine'"),
        ("C8|D8|\nrepeat bar 2 | fade", "line 6 is not music from 'r' on"),
        ("C8|\nD8|w:la", "line 6 is not music from ':' on"),
        ("C8|\u2028D8|", r"line 5 is not music from '\u2028' on"),
        ("C8|\u00a0D8|", r"line 5 is not music from '\xa0' on"),
        ('C8|"Am D8|', "line 5 is not music from '\"' on"),
        ("C8|D8|\n</pre>", "line 6 is HTML and not music: '</pre>'"),
        ("C8|D8|<br>", "line 5 is HTML and not music: 'C8|D8|<br>'"),
        ("C&lt;D|", "line 5 is HTML and not music"),
        ("C8|\n%%begintext\nfade", "the text that begins in line 6 (%%begintext) has no end (%%endtext)"),
        ("C8|\n+:fade", "line 6 continues a field (+:), but no field is before it"),
    ],
)
def test_a_line_that_may_not_be_music_is_named(body, reason):
    book = tokenise_tune_book(f"X:1\nM:4/4\nL:1/8\nK:C\n{body}", VOCABULARY)
    assert book.tunes == ()
    assert book.left_out[0].reason.startswith(reason)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # Letters alone in a line that other lines leave open, or that say where they end.
        ("C4\ncdef|", "C 4 c d e f |"),
        ("cdeF\nC4|", "c d e F C 4 |"),
        ("C8|\nd\nC8|", "C 8 | d C 8 |"),
        ("C8|\nfade|", "C 8 | f a d e |"),
        ("cdefgabc", "c d e f g a b c |"),
        ("H:old\nC8|", "C 8 |"),
        ("A<b c>d|", "A < b c > d |"),
        ("uC vD ~E .F TG|", "C D E F G |"),
        ("U:W=!trill!\nWC8", "C 8 |"),
        # A letter without a meaning, in what is surely music.
        ("JC kD|", "C D |"),
    ],
)
def test_music_is_not_taken_for_text(body, expected):
    assert tokens(body) == f"K:Cmaj {expected}"


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


@given(st.text(alphabet="XKMLV:/|[]()<>{}\"!+~^_=,'abcgzABC0123456789 \n%\\-ZHPUT.#\r", max_size=60))
def test_any_text_is_tokenised_or_left_out(text):
    book = tokenise_tune_book(f"X:1\nM:4/4\nK:C\n{text}", VOCABULARY)
    assert len(book.tunes) + len(book.left_out) >= 1
    assert all(token in VOCABULARY for tune in book.tunes for token in tune)


@pytest.mark.parametrize(
    ("data", "title"),
    [
        ("Tá".encode(), "Tá"),
        ("\N{ZERO WIDTH NO-BREAK SPACE}".encode() + b"%abc-2.1\n", ""),
        ("Tá".encode("latin-1"), "Tá"),
        # Windows-1252, not Latin-1; NEL there is an ellipsis, and ends no line.
        (b"Jig \x9684\x97 \x85dad", "Jig \N{EN DASH}84\N{EM DASH} \N{HORIZONTAL ELLIPSIS}dad"),
        (b"no character: \x81", "no character: \N{REPLACEMENT CHARACTER}"),
        (b"\xf3\nI:abc-charset iso-8859-2", "ó"),
        (b"\xb3\n%%abc-charset iso-8859-2", "ł"),
        # Declared otherwise than it is.
        (b"T\xe1\n%%abc-charset utf-8", "Tá"),
    ],
)
def test_a_book_is_decoded_as_it_says_else_as_utf_8_else_as_windows_1252(tmp_path, data, title):
    path = tmp_path / "book.abc"
    path.write_bytes(b"T:" + data + b"\nX:1\n")
    assert read_tune_book(path).startswith(f"T:{title}")


def test_other_encodings_are_read_by_their_mark_or_refused(tmp_path):
    path = tmp_path / "book.abc"
    path.write_bytes("X:1\nT:Tá\n".encode("utf-16"))
    assert read_tune_book(path) == "X:1\nT:Tá\n"
    path.write_bytes(b"X:1\n%%abc-charset klingon\n")
    with pytest.raises(Refusal, match=r"book\.abc: its abc-charset 'klingon' does not exist"):
        read_tune_book(path)


@pytest.mark.parametrize("content", [None, b"no tune here"])
def test_file_without_tunes_is_refused_by_name(tmp_path, content):
    path = tmp_path / "book.abc"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Refusal, match=r"book\.abc"):
        read_tune_book(path)
