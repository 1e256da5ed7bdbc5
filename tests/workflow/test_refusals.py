"""What a person sees when the workflow says no: one sentence, and nothing left half done."""

import shutil

import pytest

TRACEBACK = "Traceback"


def _said(project, sentence, *arguments, **options):
    ended = project.smoke(*arguments, check=False, **options)
    assert ended.returncode != 0
    output = ended.stdout + ended.stderr
    assert sentence in " ".join(output.split()), output
    assert TRACEBACK not in output
    return output


@pytest.mark.parametrize(
    ("overlay", "sentence"),
    [
        ("generation: {n_tune: 3}", "unknown config key generation.n_tune: allowed here are dtype, max_steps"),
        ("checkpoint: {source: no/such.pkl}", "checkpoint.source: there is no file no/such.pkl"),
        ("selection: {period_steps: [9.01, 9.02]}", "holds no DFT bin at n_fft = 256"),
        ("lesions:\n  a: {}\n  a: {}\n", "overlay.yaml: duplicate key lesions.a, in lines 2 and 3"),
        ("generation: {n_tunes: [12\n", "Config file is not valid JSON or YAML"),
    ],
)
def test_a_bad_configuration_stops_everything_before_it_starts(project, overlay, sentence):
    output = _said(project, sentence, overlay=overlay)
    assert "fetch_checkpoint" not in output
    assert not (project.folder / "results").exists()


def test_a_prompt_token_that_the_vocabulary_lacks_is_named(project):
    _said(project, "token 'K:Gmaj' is not among the 137 tokens", overlay='generation: {prompt: "M:4/4 K:Gmaj"}')
    # Whichever condition that needs no excision came first.
    logs = list((project.folder / "results/smoke/logs").glob("generate_tunes_*.log"))
    assert logs
    assert all("'K:Gmaj'" in log.read_text() for log in logs)
    assert not list((project.folder / "results/smoke").rglob("tunes.h5"))
    records = {path.stem for path in (project.folder / "results/smoke/records").iterdir()}
    assert "convert_checkpoint" in records
    assert not records & {log.stem for log in logs}


def test_a_unit_that_the_network_lacks_is_named(project):
    target = "results/smoke/layer_1_excised/checkpoint.h5"
    overlay = "lesions: {layer_1_excised: {unit_index: [3, 128]}}"
    _said(project, "128", target, overlay=overlay)
    assert not (project.folder / target).exists()


def test_a_truncated_checkpoint_is_named(project):
    whole = project.folder / "resources/checkpoints/demo.pkl"
    (project.folder / "cut.pkl").write_bytes(whole.read_bytes()[:100_000])
    _said(
        project,
        "not a folk-rnn checkpoint that can be used: it is damaged or cut short",
        overlay="checkpoint: {source: cut.pkl}",
    )


def test_another_file_than_the_pinned_one_is_refused(project):
    overlay = "checkpoint: {git_blob_id: 6ac1708b3532be8a2f53b53dda4a97ec77f46791}"
    _said(project, "where 6ac1708b3532be8a2f53b53dda4a97ec77f46791 is expected", overlay=overlay)
    assert not (project.folder / "results/smoke/source/checkpoint").exists()


def test_a_vocabulary_without_the_start_token_is_refused(project):
    path = project.folder / "resources/checkpoints/demo.pkl"
    data = path.read_bytes()
    other = data.replace(b"<s>", b"<t>")
    assert other != data
    path.write_bytes(other)
    _said(project, "the vocabulary lacks the token '<s>'")


def test_where_there_is_no_network_the_way_by_hand_is_reported(project):
    shutil.copy(project.folder / "config/folkrnn_v2.yaml", project.folder / "overlay.yaml")
    text = (project.folder / "overlay.yaml").read_text()
    url = next(line.split()[1] for line in text.splitlines() if "source: http" in line)
    overlay = text.replace(url, "http://127.0.0.1:9/folkrnn_v2.pkl")
    assert overlay != text
    _said(project, "by hand and set checkpoint.source to its path", overlay=overlay)
