"""ABC of tunes: the text worked out by hand, the way back, and what other programs make of it."""

import contextlib
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from constructed_tunes import constructed_tunes
from hypothesis import given
from hypothesis import strategies as st

from folkprobe.music.abc import abc_tune, tokens_of_abc
from folkprobe.music.bars import count_bars
from folkprobe.music.tokenising import tokenise_tune
from folkprobe.music.vocabulary import token_class
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.sampling import generate_tunes
from folkprobe.refusal import Refusal

ROOT = Path(__file__).parents[2]
VOCABULARY = json.loads((ROOT / "resources" / "vocabulary_v2.json").read_text(encoding="utf-8"))


def abc(tokens: str) -> str:
    return abc_tune(tokens.split(), reference_number=7, title="Tune 7")


def body(tokens: str, meter: str = "M:4/4") -> str:
    return abc(f"{meter} K:Cmaj {tokens}").split("K:Cmaj\n")[1].rstrip("\n")


def test_header_and_body():
    assert abc("<s> M:6/8 K:Cdor G | c 2 d e d c | c 3 c 2 | </s>") == (
        "X:7\nT:Tune 7\nM:6/8\nL:1/8\nK:Cdor\nG | c2d edc | c3 c2 |]\n"
    )


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("", "X:7\nT:Tune 7\nM:none\nL:1/8\nK:none\n"),
        ("M:4/4", "X:7\nT:Tune 7\nM:4/4\nL:1/8\nK:none\n"),
        ("K:Cmin C |", "X:7\nT:Tune 7\nM:none\nL:1/8\nK:Cmin\nC |]\n"),
        ("C M:4/4 |", "X:7\nT:Tune 7\nM:none\nL:1/8\nK:none\nC [M:4/4] |]\n"),
        ("K:Cmin M:4/4 C |", "X:7\nT:Tune 7\nM:none\nL:1/8\nK:Cmin\n[M:4/4] C |]\n"),
    ],
)
def test_header_has_what_the_tune_begins_with(tokens, expected):
    assert abc(tokens) == expected
    assert tokens_of_abc(expected) == tokens.split()


def test_title_is_one_line_without_a_comment():
    text = abc_tune(["C"], reference_number=1, title="100 %\n of\tthem")
    assert text.splitlines()[1] == r"T:100 \% of them"


@pytest.mark.parametrize(
    ("tokens", "meter", "expected"),
    [
        ("C D E F G A B c |", "M:4/4", "CD EF GA Bc |]"),
        ("C D E F G A |", "M:6/8", "CDE FGA |]"),
        ("C D E F G A B c d |", "M:9/8", "CDE FGA Bcd |]"),
        ("C D E F G A |", "M:3/4", "CD EF GA |]"),
        ("C D E F G A B c d e f g |", "M:3/2", "CDEF GABc defg |]"),
        # A pickup ends on a beat.
        ("C | D E F G A B c d |", "M:4/4", "C | DE FG AB cd |]"),
        ("C D E | F G A B c d e f |", "M:4/4", "C DE | FG AB cd ef |]"),
        # Where a note lasts over a beat there is no beat to begin.
        ("C 3 D E 2 F G |", "M:4/4", "C3D E2 FG |]"),
        ("(3 C D E F 2 (3 G 2 A 2 B 2 |", "M:4/4", "(3CDE F2 (3G2A2B2 |]"),
        ("(3 G 3 A 3 B 3 C 2 |", "M:4/4", "(3G3A3B3 C2 |]"),
        ("A > B c < d e 2> f 2 |", "M:4/4", "A>B c<d e2>f2 |]"),
        ("[ C E ] 2 [ D F ] [ E G ] C 4 |", "M:4/4", "[CE]2 [DF][EG] C4 |]"),
    ],
)
def test_spaces_stand_at_the_beats(tokens, meter, expected):
    assert body(tokens, meter) == expected


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("C 8 | " * 9, "C8 | C8 | C8 | C8 |\nC8 | C8 | C8 | C8 |\nC8 |]"),
        ("C | " + "C 8 | " * 5, "C | C8 | C8 | C8 | C8 |\nC8 |]"),
        ("|: " + "C 8 | " * 3 + "C 8 :| |: C 8 :|", "|: C8 | C8 | C8 | C8 :|\n|: C8 :|"),
        ("C 8 | " * 3 + "C 8 |: C 8 :|", "C8 | C8 | C8 | C8\n|: C8 :|"),
    ],
)
def test_lines_break_after_four_bars(tokens, expected):
    assert body(tokens) == expected


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("C 8 |1 D 8 :| |2 E 8 |", "C8 |1 D8 :|2 E8 |]"),
        ("C 8 |1 D 8 :| |2 E 8 | F 8 |", "C8 |1 D8 :|2 E8 ||\nF8 |]"),
        ("C 8 |1 D 8 :| |2 E 8 |: F 8 :|", "C8 |1 D8 :|2 E8 |: F8 :|"),
        ("C 8 |1 D 8 :| |2 E 8 | F 8 :|", "C8 |1 D8 :|2 E8 || |:\nF8 :|"),
        ("C 8 :| D 8 :|", "C8 :||: D8 :|"),
        ("C 8 :| D 8 |", "C8 :| D8 |]"),
        ("C 8 | |: D 8 :|", "C8 | |: D8 :|"),
        ("C 8 :| |: D 8 :|", "C8 :| |: D8 :|"),
        ("C 8 | | D 8 |", "C8 | | D8 |]"),
    ],
)
def test_abc_says_where_endings_and_repeats_end_and_begin(tokens, expected):
    # Where the lines break is another test's.
    assert body(tokens).replace("\n", " ") == expected.replace("\n", " ")


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("A 3 /2", "A3/"),
        ("A 3/2", "A3/2"),
        ("A 3 /4", "A3//"),
        ("A 3 /8 B", "A3///B"),
        ("A 4 /3 /2", "A4/3 /2"),
        ("A 3 /2> B 3/2", "A3/>B3/2"),
        ("A 2> B 2", "A2>B2"),
        ("A 2 > B 2", "A2 >B2"),
        ("A /2 > B /2", "A/2 >B/2"),
        ("A 2 2", "A2 2"),
        ("(3 2 A", "(3 2A"),
        ("[ [ A ]", "[ [A]"),
        ("[ 1 A", "[ 1A"),
        ("[ | A", "[ | A"),
        ("C D :| 2 A", "CD :| 2A"),
        ("| 2 A", "| 2A"),
        ("| ] A", "| ]A"),
    ],
)
def test_neighbours_are_kept_apart_where_they_would_merge(tokens, expected):
    text = abc(tokens)
    assert text.split("K:none\n")[1].rstrip("\n") == expected
    assert tokens_of_abc(text) == tokens.split()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("X:1\nC D E", "no K: line"),
        ('X:1\nM:4/4\nK:Cmaj\nC "Am" D', "'\"'"),
        ("X:1\nM:4/4\nK:Cmaj\n{c}D", "'{'"),
        ("X:1\nM:4/4\nK:Cmaj\nC [V:1] D", "'V'"),
        ("X:1\nM:4/4\nK:Cmaj\nA2-A", "'-'"),
        ("X:1\nM:4/4\nK:Cmaj\n[r:A 5]B4-B", "does not write 'A 5' here"),
        ("X:1\nM:4/4\nK:Cmaj\n[r:foo 5]B4-B", "does not write 'foo 5' here"),
        *(
            (f"X:1\nM:4/4\nK:Cmaj\n[r:{remark}] B", "'r'")
            for remark in ("", " ", "foo", "A /0", "( A 5", ") 5", "A x 5")
        ),
    ],
)
def test_other_abc_is_refused(text, sentence):
    with pytest.raises(Refusal, match=re.escape(sentence)):
        tokens_of_abc(text)


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        # Nothing repeats it.
        ("|: C 8 | D 8 |", "[r:|:] C8 | D8 |]"),
        ("C 8 |: D 8 |", "C8 |[r:|:] D8 |]"),
        ("C 8 :| |: D 8 |", "C8 :| [r:|:] D8 |]"),
        ("C 8 |1 D 8 :| |2 E 8 |: F 8 |", "C8 |1 D8 :|2 E8 ||[r:|:] F8 |]"),
        # An ending without its pair, or of nothing.
        ("C 8 |1 D 8 | E 8 |", "C8 |[r:|1] D8 | E8 |]"),
        ("C 8 |1 D 8 :| E 8 |", "C8 |1 D8 :| E8 |]"),
        ("C 8 |2 D 8 |", "C8 |[r:|2] D8 |]"),
        ("C 8 :| |1 D 8 |", "C8 :| [r:|1] D8 |]"),
        ("|1 C 8 :| |2 D 8 |", "[r:|1] C8 |[r::|] [r:|2] D8 |]"),
        # Its return was left out.
        ("C 8 |1 D 8 |2 E 8 |", "C8 |1 D8 :|2[r:|2] E8 |]"),
        # Behind a second ending nothing returns.
        ("C 8 |1 D 8 :| |2 E 8 :| F 8 |", "C8 |1 D8 :|2 E8 ||[r::|] F8 |]"),
        ("C 8 |1 D 8 :| |2 E 8 :| |: F 8 :|", "C8 |1 D8 :|2 E8 |:[r::|] [r:|:] F8 :|"),
        ("C 8 | D 8 |:", "C8 | D8 |][r:|:]"),
        (":| C 8 |", "[r::|] C8 |]"),
        # A: would be a field.
        ("A :| C 8 |", "A y:| C8 |]"),
        ("C 8 | C 8 | C 8 | C 8 | A :| C 8 |", "C8 | C8 | C8 | C8 | A y:| C8 |]"),
    ],
)
def test_signs_are_those_of_the_play_order(tokens, expected):
    assert body(tokens).replace("\n", " ") == expected
    assert tokens_of_abc(abc(tokens)) == tokens.split()


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        ("A 5 B 3", "[r:A 5]A4-AB3"),
        ("^A 9", "[r:^A 9]^A8-^A"),
        ("A 5 /2", "[r:A 5 /2]A2-A/2"),
        ("z 5", "[r:z 5]z4z"),
        ("[ C E ] 5/2", "[r:( C E ) 5/2][CE]2-[CE]/2"),
        ("A /3 B /3", "[r:A /3](3:2:1A/2[r:B /3](3:2:1B/2"),
        # One note value each.
        ("A 7 B 12 c 3/2 d 3/4", "A7B12c3/2d3/4"),
        # Two notes of one letter, in a bar where an accidental holds for both.
        ("[ C ^c ] 5", "[C^c]5"),
        ("A 5 > B 5", "A5 >B5"),
        ("(3 A 5 B C", "(3:2:4[r:A 5]A4-ABC"),
        ("(3 A 2 B C", "(3:2:3A2BC"),
        ("(3 A > B C", "(3:2:3A>BC"),
        ("(3 A 2 B 2 C 2", "(3A2B2C2"),
    ],
)
def test_lengths_and_tuplets_are_spelled_for_every_program(tokens, expected):
    text = abc(f"M:16/4 K:Cmaj {tokens}")
    assert text.split("K:Cmaj\n")[1].rstrip("\n").replace(" ", "") == expected.replace(" ", "")
    assert tokens_of_abc(text)[2:] == tokens.split()


def test_a_long_bar_lets_programs_break_lines():
    assert "%%continueall 1\nK:Cmaj\n" in abc("M:4/4 K:Cmaj C 9 |")
    assert "%%" not in abc("M:4/4 K:Cmaj C 7 | C 8 |")


def kept(tokens):
    return [token for token in tokens if token_class(token) not in (None, "special")]


# Lists as a network draws them: well formed for a while, then anything.
drawn_bar = st.lists(
    st.sampled_from(["A B, ^c' z", "C 2", "D 3 /2", "E /2 F /2", "A > B", "c 2> d 2", "[ C E ] 2", "(3 A B c", "(3 A"])
).map(" ".join)
drawn_bars = st.lists(st.tuples(drawn_bar, st.sampled_from(["|", "|", ":|", "|:", "|1", "|2"])), max_size=12)
drawn_tune = drawn_bars.map(lambda bars: f"M:4/4 K:Cmaj {' '.join(part for bar in bars for part in bar)}".split())


v2_token = st.sampled_from(VOCABULARY)


@given(st.text(alphabet="AB|:[]()r25/0- \nz", max_size=30))
def test_any_music_is_read_or_refused(music):
    with contextlib.suppress(Refusal):
        tokens_of_abc(f"K:Cmaj\n{music}")


@given(st.one_of(drawn_tune, st.lists(v2_token), st.lists(st.one_of(v2_token, st.text()))))
def test_way_back_gives_the_tokens(tokens):
    text = abc_tune(tokens, reference_number=1, title="Tune")
    assert tokens_of_abc(text) == kept(tokens)
    assert "\n\n" not in text


def test_way_back_gives_constructed_tunes():
    for tokens in constructed_tunes(300, rng_seed=3):
        assert tokens_of_abc(abc_tune(tokens, reference_number=1, title="Tune")) == tokens


def test_way_back_gives_the_tunes_that_people_wrote(session_tunes):
    for tokens in session_tunes:
        assert tokens_of_abc(abc_tune(tokens, reference_number=1, title="Tune")) == tokens


def test_tokenising_reads_what_is_written(plain_tunes):
    """The reader for ABC of the wild, which knows nothing of ours, finds bars as long."""
    for tokens in plain_tunes[::3]:
        again = tokenise_tune(abc_tune(tokens, reference_number=1, title="Tune"), VOCABULARY)
        assert [bar.duration for bar in count_bars(again).bars] == [bar.duration for bar in count_bars(tokens).bars]


IS_ABOUT_LENGTH = re.compile(r"has .* time units while the time signature has")


def complaints_of_abc2midi(abc2midi, tunes):
    """What it says of well-formed tunes, but for lengths: a bar that another completes is announced as incomplete."""
    complaints = {}
    for tokens in tunes:
        if count_bars(tokens).wellformed:
            said, _ = abc2midi(abc_tune(tokens, reference_number=1, title="Tune"))
            if said := [line for line in said if not IS_ABOUT_LENGTH.search(line)]:
                complaints[" ".join(tokens)] = said
    return complaints


def complaints_of_abcm2ps(tunes, folder):
    """What it says of well-formed tunes, but for how they fit on its paper."""
    if not shutil.which("abcm2ps"):
        pytest.skip("SKIPPED: needs abcm2ps (Debian package abcm2ps)")
    tunes = [tokens for tokens in tunes if count_bars(tokens).wellformed]
    book = [abc_tune(tokens, reference_number=number, title="Tune") for number, tokens in enumerate(tunes, 1)]
    (folder / "tunes.abc").write_text("\n".join(book), encoding="utf-8")
    command = ["abcm2ps", "-O", folder / "tunes.ps", folder / "tunes.abc"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert f"{len(tunes)} titles" in run.stdout
    said = (run.stdout + run.stderr).splitlines()
    return [line for line in said if re.search("error|warning", line) and not re.search("underfull|shrunk", line)]


def test_abc2midi_has_no_complaint_of_tunes_that_people_wrote(abc2midi, session_tunes):
    assert complaints_of_abc2midi(abc2midi, session_tunes[::8]) == {}


@pytest.mark.full
def test_abc2midi_has_no_complaint_of_any_tune_that_people_wrote(abc2midi, session_tunes):
    assert complaints_of_abc2midi(abc2midi, session_tunes) == {}


def test_abc2midi_has_no_complaint_of_constructed_tunes(abc2midi):
    assert complaints_of_abc2midi(abc2midi, constructed_tunes(150, rng_seed=1)) == {}


def test_abcm2ps_has_no_complaint_of_tunes_that_people_wrote(session_tunes, tmp_path):
    assert complaints_of_abcm2ps(session_tunes, tmp_path) == []


def test_abcm2ps_has_no_complaint_of_constructed_tunes(tmp_path):
    assert complaints_of_abcm2ps(constructed_tunes(300, rng_seed=2), tmp_path) == []


def test_programs_have_no_complaint_of_generated_tunes(abc2midi, tmp_path):
    demo = convert_checkpoint(ROOT / "resources" / "checkpoints" / "demo.pkl")
    generated = generate_tunes(demo, rng_seed=7, n_tunes=24, max_steps=400)
    tunes = [generated.tokens(k) for k in range(len(generated))]
    assert complaints_of_abc2midi(abc2midi, tunes) == {}
    assert complaints_of_abcm2ps(tunes, tmp_path) == []
