"""The script write_abc."""

from folkprobe.music.abc import tokens_of_abc


def test_each_tune_is_titled_with_where_it_comes_from(script, write_tune_texts, tmp_path):
    music = ["M:4/4 K:Cmaj C 4 D 4 |", "M:3/4 K:Cdor G 6 |"]
    tunes_path = write_tune_texts(*(f"<s> {text} </s>" for text in music), first_tune=5)
    script("write_abc").main(
        tunes_path=tunes_path, abc_path=tmp_path / "tunes.abc", model="demo", condition="layer_1_excised"
    )
    version, *tunes = (tmp_path / "tunes.abc").read_text(encoding="utf-8").split("X:")
    assert version == "%abc-2.1\n"
    for number, (abc, text) in enumerate(zip(tunes, music, strict=True), start=6):
        lines = abc.splitlines()
        assert lines[:2] == [str(number), f"T:demo, layer_1_excised, rng_seed 11, tune {number - 1}"]
        assert tokens_of_abc(f"X:{abc}") == text.split()
    # An empty line ends a tune.
    assert tunes[0].endswith("\n\n")
    assert "\n\n" not in tunes[0].rstrip()
