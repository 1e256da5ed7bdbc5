"""What a person is told about a checkpoint."""

from dataclasses import replace

import numpy as np
import pytest
from networks import VOCABULARY, random_checkpoint

from folkprobe.music.vocabulary import TOKEN_CLASSES, group_by_class
from folkprobe.network.excision import excise_units
from folkprobe.network.steering import push_bias
from folkprobe.network.summary import checkpoint_warnings, summarise_checkpoint

EVERY_CLASS = ("M:4/4", "</s>", "K:Cmaj", "|", "C", "D", "E", "<s>", "2", "(3", "[", "]")


def test_every_token_of_v2_falls_in_a_class(session_checkpoint):
    assert checkpoint_warnings(session_checkpoint) == []
    sizes = {name: len(tokens) for name, tokens in group_by_class(session_checkpoint.vocabulary).items()}
    # Counted by hand in the list of the 137 tokens.
    assert sizes == dict(zip(TOKEN_CLASSES, (2, 7, 4, 5, 85, 25, 7, 2), strict=True))


def test_the_real_size_network_has_the_articles_numbers(session_checkpoint):
    words = [line.split() for line in summarise_checkpoint(session_checkpoint)]
    # 4 x (137 + 512 + 1) x 512, twice 4 x (512 + 512 + 1) x 512, 137 x 513; part 3 of the articles has the sum.
    assert [row[3] for row in words[2:5]] == ["1,331,200", "2,099,200", "2,099,200"]
    assert ["softmax", "512", "137", "70,281"] in words
    assert ["all", "5,599,881"] in words


def test_an_absent_class_is_a_warning():
    assert checkpoint_warnings(random_checkpoint(vocabulary=EVERY_CLASS)) == []
    assert checkpoint_warnings(random_checkpoint()) == [
        "the vocabulary has no token of the class tuplet",
        "the vocabulary has no token of the class chord",
    ]


def test_a_token_of_no_class_is_named():
    checkpoint = random_checkpoint(vocabulary=(*EVERY_CLASS, "H9", "Q:120"))
    assert checkpoint_warnings(checkpoint) == [
        "of no class of the folk-rnn v2 format, so ignored where bars are counted: H9 Q:120"
    ]
    assert "  of no class (2): H9 Q:120" in summarise_checkpoint(checkpoint)


def test_a_long_class_is_cut_short():
    tokens = tuple(f"{n}" for n in range(1, 40))
    line = next(
        line
        for line in summarise_checkpoint(random_checkpoint(vocabulary=("<s>", "</s>", *tokens)))
        if "duration" in line
    )
    assert line == f"  duration (39): {' '.join(tokens[:24])} and 15 more"


@pytest.mark.parametrize(
    ("excisions", "lines"),
    [
        ([], ["excised: nothing"]),
        ([(2, [0, 2, 3], 0.0, "both")], ["excised: 3 units of layer 2, scope both, held at 0: 0, 2-3"]),
        (
            [(1, [4], [0.5], "out"), (3, [0, 1], [-1.0, 0.25], "rec")],
            [
                "excised: 1 units of layer 1, scope out, held at 0.5: 4",
                "excised: 2 units of layer 3, scope rec, held at -1 to 0.25: 0-1",
            ],
        ),
    ],
)
def test_excisions_are_reported(excisions, lines):
    checkpoint = random_checkpoint()
    for layer, unit_index, value, scope in excisions:
        checkpoint = excise_units(checkpoint, layer, unit_index, value=value, scope=scope)
    assert [line for line in summarise_checkpoint(checkpoint) if line.startswith("excised")] == lines


def test_norms_and_the_embedding_are_reported():
    checkpoint = random_checkpoint(n_embedding=3)
    first = checkpoint.layers[0]
    h0 = 0 * first.h0
    h0[:2] = 3, 4
    lines = summarise_checkpoint(replace(checkpoint, layers=(replace(first, h0=h0), *checkpoint.layers[1:])))
    assert lines[1].split()[-2:] == ["|h0|", "|c0|"]
    assert lines[2].split()[-2] == "5"
    assert f"embedding: learned, {len(VOCABULARY)} tokens to 3 values, counted among the parameters" in lines
    assert "embedding: one-hot" in summarise_checkpoint(random_checkpoint())


def test_edits_of_the_softmax_layer_are_reported():
    checkpoint = push_bias(random_checkpoint(), np.linspace(-0.5, 2.0, len(VOCABULARY)))
    assert "softmax: 0 directions removed from V, v shifted by up to 2 logits" in summarise_checkpoint(checkpoint)
    assert not [line for line in summarise_checkpoint(random_checkpoint()) if line.startswith("softmax:")]
