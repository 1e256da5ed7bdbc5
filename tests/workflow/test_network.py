"""What a plan reads of a network: once for each content of a file, and never a guess where it can be read."""

import pytest
import yaml
from fuzz.genuine import write_folkrnn_pickle
from networks import random_checkpoint
from project import ROOT

import folkprobe.network.formats
from folkprobe.network.formats.npz import write_npz
from study import network as study_network
from study.counting import interchange_block, layer_groups
from study.lesions import lesion_conditions
from study.network import Network, by_layer, has_claims, layers, read_network

CONFIG = yaml.safe_load((ROOT / "config/config.yaml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def known(tmp_path, monkeypatch):
    """Where notes are kept."""
    monkeypatch.setattr(study_network, "_FOLDER", tmp_path / "known")
    return tmp_path / "known"


def _config(source, **changes):
    return CONFIG | {"checkpoint": CONFIG["checkpoint"] | {"source": str(source)} | changes}


def test_the_depth_is_the_files_own(tmp_path):
    for n_units in ((5,), (3, 6), (2, 3, 4, 5, 6)):
        checkpoint = random_checkpoint(n_units=n_units)
        write_folkrnn_pickle(checkpoint, tmp_path / "a.pkl")
        config = _config(tmp_path / "a.pkl")
        assert read_network(config) == Network(n_units, checkpoint.vocabulary)
        assert list(layers(config)) == list(range(1, len(n_units) + 1))
        assert not has_claims(config)
        assert {each["layer"] for each in lesion_conditions(config)} == set(layers(config))
    assert has_claims(CONFIG)


def test_a_file_is_read_once_whatever_its_name_and_age(tmp_path, monkeypatch, known):
    read = []
    convert = folkprobe.network.formats.convert_checkpoint
    monkeypatch.setattr(folkprobe.network.formats, "convert_checkpoint", lambda *of: read.append(of) or convert(*of))
    for name in ("a.pkl", "b.pkl", "a.pkl"):
        write_folkrnn_pickle(random_checkpoint(n_units=(3, 6)), tmp_path / name)
        assert read_network(_config(tmp_path / name)).n_units == (3, 6)
    assert len(read) == 1
    # A damaged note is replaced.
    (note,) = known.iterdir()
    note.write_text("{}")
    write_folkrnn_pickle(random_checkpoint(n_units=(3, 6)), tmp_path / "c.pkl")
    assert read_network(_config(tmp_path / "c.pkl")).n_units == (3, 6)
    assert len(read) == 2


def test_of_what_cannot_be_read_yet_the_configuration_says_the_depth(tmp_path):
    (tmp_path / "a.pkl").write_bytes(b"no network")
    for source in ("https://example.org/a.pkl", tmp_path / "a.pkl", tmp_path / "missing.pkl"):
        assert read_network(_config(source)).n_units == (None,) * 3
        assert read_network(_config(source, n_layers=2)) == Network((None, None), None)


def test_a_value_is_for_all_layers_or_a_list_by_layer():
    assert by_layer(0.3, CONFIG) == [0.3, 0.3, 0.3]
    assert by_layer([0.3, None, 1], CONFIG) == [0.3, None, 1]


def test_the_tokens_of_an_npz_are_those_of_the_json_beside_it(tmp_path):
    for vocabulary in (random_checkpoint().vocabulary, ("<s>", "</s>", *"abcdefgh")):
        checkpoint = random_checkpoint(n_units=(3, 6), vocabulary=vocabulary)
        write_npz(checkpoint, tmp_path / "a.npz")
        assert read_network(_config(tmp_path / "a.npz")) == Network((3, 6), checkpoint.vocabulary)


def test_the_layers_below_the_last_are_handed_over_together():
    groups = {1: "1", 2: "1 2 1+2", 3: "1 2 3 1+2", 4: "1 2 3 4 1+2 1+2+3"}
    for n_layers, names in groups.items():
        config = _config("https://example.org/a.pkl") | {"lesion_study": {"families": {}, "primary_family": "third"}}
        config["checkpoint"]["n_layers"] = n_layers
        assert list(layer_groups(config)) == names.split()
        assert interchange_block(config, names.split()[-1])["layers"] == layer_groups(config)[names.split()[-1]]


def test_each_layer_hands_over_sets_of_its_own_size():
    family = {"n_units": [4, 5, 6], "share_of_layer": None}
    config = CONFIG | {"lesion_study": {"families": {"third": family}, "primary_family": "third"}}
    sizes = [{"n_units": 4, "share_of_layer": None}, {"n_units": 5, "share_of_layer": None}]
    assert interchange_block(config, "1+2")["sizes"] == sizes
