"""The script write_midi."""

from midi_notes import read_midi_notes
from mido import MidiFile


def test_the_tune_with_this_number_is_written_with_where_it_comes_from(script, write_tune_texts, tmp_path):
    tunes_path = write_tune_texts("<s> M:4/4 K:Cmaj C 8 | </s>", "<s> M:4/4 K:Cmin |: E 4 c 4 :| </s>")
    script("write_midi").main(
        tunes_path=tunes_path, midi_path=tmp_path / "tune.mid", tune_index=1, model="demo", condition="layer_1_excised"
    )
    assert read_midi_notes(tmp_path / "tune.mid") == [(0, 4, 63), (4, 8, 72), (8, 12, 63), (12, 16, 72)]
    assert MidiFile(tmp_path / "tune.mid").tracks[0].name == "demo, layer_1_excised, tune 1"
