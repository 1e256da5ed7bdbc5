"""The whole chain at smoke size: it runs, its tables agree, and it repeats to the byte."""

import csv
import itertools
import re
import statistics
from collections import Counter

import numpy as np
import pandas as pd
import pytest
import yaml
from project import ROOT, load_script

from folkprobe.claims.claim import read_claims
from folkprobe.claims.judging import JUDGED
from folkprobe.music.tunes import read_tunes
from folkprobe.network.formats import convert_checkpoint
from folkprobe.network.sampling import generate_tunes
from folkprobe.network.source import git_blob_id
from folkprobe.network.trajectory_file import read_trajectories
from folkprobe.signal.spectra_file import read_spectra
from study.cluster.costs import mem_mb, runtime_minutes
from study.figure_blocks import REPLAYS

FIGURES = (
    *(f"{name}_layer_{layer}" for name in ("hidden_state", "unit_spectra") for layer in (1, 2, 3)),
    *(f"mean_spectra_{name}" for name in ("population", "shown_tune", "shown_tune_rect")),
    "posterior",
    "activation_distribution",
    "maximum_magnitude",
    "unit_overlay_strongest",
    "long_periods",
    "specification_curve",
    "recurrences",
    "lines",
    "responses",
    "replays",
    "window_spectra",
    "power_fraction",
    "bar_shares",
    "bar_verdicts",
    "singular_values",
    "unit_directions",
    "token_directions",
    "bias_correlation",
    "variance_shares",
    "removals",
    "dose_response",
    *(
        f"{name}_{decomposition}"
        for name in ("pushed_posteriors", "projections", "section_events")
        for decomposition in ("as_trained", "gauge_fixed")
    ),
    "population",
    "lesion_doses",
    "lesion_effects",
    "lesion_draws",
)
REMOVALS = ("w1_removed_mean_kept", "w1_control")
PUSHES = ("w1_pushed_up",)
LESIONS = ("layer_1_excised", "layer_2_excised", "layer_3_excised")
STIMULATED = ("intact_two_hot", "layer_1_excised_two_hot")


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _bar_shares(results):
    """Rows of the named conditions, by name."""
    rows = [row for row in _rows(results / "effects.csv") if row["outcome"] == "share_of_correct_bars"]
    return {row["contrast"]: row for row in rows if " - " not in row["contrast"]}


def test_every_promised_file_is_there(finished):
    results = finished.folder / "results/smoke"
    for figure in FIGURES:
        for suffix in ("svg", "pdf", "png", "csv"):
            assert (results / f"figures/{figure}.{suffix}").stat().st_size > 100, f"{figure}.{suffix}"
    for condition in ("intact", *LESIONS):
        assert (results / f"scores/{condition}.mid").read_bytes().startswith(b"MThd")
        assert (results / f"scores/{condition}.svg").read_text().count('class="definition-scale"') == 1 + (
            condition != "intact"
        )
    assert not [path for path in results.rglob(".*") if path.is_file()]
    for log in (results / "logs").iterdir():
        assert "defect" not in log.read_text(), log


def test_tables_agree_with_one_another(finished):
    results = finished.folder / "results/smoke"
    units, selection = _rows(results / "intact/units.csv"), _rows(results / "selection.csv")
    for row in selection:
        of_layer = [unit for unit in units if unit["layer"] == row["layer"]]
        selected = [unit for unit in of_layer if unit["selected"] == "True"]
        assert len(of_layer) == int(row["n_units"])
        assert len(selected) == int(row["n_selected"])
        assert all(float(unit["power_fraction"]) > float(row["power_fraction_above"]) for unit in selected)
        # A third of the layer: those that the lesion study targets.
        targeted = [
            each["unit_index"]
            for each in _rows(results / "lesions/sets.csv")
            if (each["layer"], each["kind"]) == (row["layer"], "targeted")
        ]
        assert [unit["unit_index"] for unit in selected] == targeted
        assert len(targeted) == 42
    effects = _bar_shares(results)
    assert list(effects) == ["intact", *LESIONS, *STIMULATED]
    for condition, row in effects.items():
        verdicts = Counter(bar["verdict"] for bar in _rows(results / condition / "bars.csv"))
        n_bars = verdicts.total() - verdicts["unmeasured"]
        n_ok = sum(verdicts[verdict] for verdict in ("correct", "pickup", "complement", "split"))
        assert int(row["n_bars"]) == n_bars
        assert float(row["estimate"]) == pytest.approx(n_ok / n_bars, abs=1e-12)
        assert float(row["lower"]) <= float(row["estimate"]) <= float(row["upper"])
        tunes = _rows(results / condition / "tunes.csv")
        assert len(tunes) == 12
        assert sum(int(tune["n_ok_bars"]) for tune in tunes) == n_ok
        assert sum(int(tune["n_measured_bars"]) for tune in tunes) == n_bars
    population = _rows(results / "population.csv")
    assert list(dict.fromkeys(row["population"] for row in population)) == [*effects, "O'Neill and Aird, M:4/4"]
    for row in population:
        if row["outcome"] == "share_of_correct_bars" and row["population"] in effects:
            effect = effects[row["population"]]
            names = ("estimate", "lower", "upper")
            assert [row["value"], row["lower"], row["upper"]] == [effect[name] for name in names]


def _claims():
    return read_claims(ROOT / "resources/claims.yaml", ROOT / "workflow/schemas/claims.schema.yaml")


def test_every_claim_has_a_verdict_and_no_judged_one_is_without_a_computation(finished):
    results = finished.folder / "results/smoke"
    listed = _claims().claims
    rows = {row["claim"]: row for row in _rows(results / "claims.csv")}
    assert list(rows) == [claim.id for claim in listed]
    computed = {
        (row["claim"], row["quantity"]): row["value"]
        for part in ("claims_part3", "claims_part7")
        for row in _rows(results / f"{part}.csv")
    }
    for claim in listed:
        # Of every claim that some study could judge, this one computes all that judges it.
        assert {(claim.id, quantity.quantity) for quantity in claim.quantities} <= set(computed), claim.id
        judged = rows[claim.id]["verdict"] in JUDGED
        assert judged == (claim.needs == "nothing"), claim.id
        assert not judged or all(computed[claim.id, each.quantity] not in ("", "nan") for each in claim.quantities)
        assert (results / claim.target).exists(), claim.target
    # Nothing is computed of a claim that is not listed.
    assert {name for name, _ in computed} <= set(rows)
    of_verdict = {}
    for name, row in rows.items():
        of_verdict.setdefault(row["verdict"], set()).add(name)
    refuted = {"p7.num.sl_rect", "p7.num.hann69", "p7.tab.sidelobe.rect.8.8"}
    assert of_verdict["not reproduced"] == refuted
    assert of_verdict["false by construction"] == {"p7.num.unitHz"}
    constructed = {"p3.ctx.params", "p3.num.lower42", "p7.num.band", "p7.num.softcaus"}
    assert of_verdict["true by construction"] == constructed
    assert of_verdict["explained by another rounding"] == {"p7.tab.support.hann.Inf", "p7.num.88text"}
    assert of_verdict["not a question of a checkpoint"] == {"p3.ctx.corpus", "p7.ctx.series"}
    assert all(rows[name]["slip"] for name in refuted)
    assert "these are not the weights of folk-rnn v2" in (results / "claims.md").read_text(encoding="utf-8")


def test_the_weights_are_known_by_content_and_then_all_of_part_3_is_judged(finished, tmp_path):
    results, listed = finished.folder / "results/smoke", ROOT / "resources/claims.yaml"
    blob_id = git_blob_id((results / "source/checkpoint").read_bytes())
    text = listed.read_text(encoding="utf-8")
    (tmp_path / "claims.yaml").write_text(text.replace(_claims().git_blob_id, blob_id), encoding="utf-8")
    load_script("judge_claims").main(
        claims_path=tmp_path / "claims.yaml",
        schema_path=ROOT / "workflow/schemas/claims.schema.yaml",
        values_paths=[results / "claims_part3.csv", results / "claims_part7.csv"],
        source_path=results / "source/checkpoint",
        output_claims_path=tmp_path / "claims.csv",
        quantities_path=tmp_path / "quantities.csv",
        page_path=tmp_path / "claims.md",
        model="the name does not count",
        transform=None,
    )
    verdicts = {}
    for row in _rows(tmp_path / "claims.csv"):
        verdicts[row["claim"]] = row["verdict"]
        judged = row["verdict"] in JUDGED
        assert judged == (row["needs"] in ("nothing", "v2_weights")), row
    # The demo is another network: what is said of v2's weights does not hold.
    assert verdicts["p3.num.s1"] == verdicts["p3.num.P1a"] == "not reproduced"
    assert verdicts["p3.num.biasmax"] == verdicts["x.p1.vocab"] == "reproduced"


def test_numbers_of_part_7_found_again_by_another_road(finished):
    results = finished.folder / "results/smoke"
    rows = _rows(results / "claims_part7.csv")
    value = {(row["claim"], row["quantity"]): row["value"] for row in rows}
    assert len(value) == len(rows)
    tokens = read_tunes(results / "intact/tunes.h5").tokens(0)[:-1]
    assert float(value["p7.num.len147", "steps"]) == len(tokens)
    assert float(value["p7.num.counts", "times that 2 is read"]) == tokens.count("2")
    bars = [step for step, token in enumerate(tokens) if "|" in token]
    assert float(value["p7.num.bar89", "median steps between bar tokens"]) == statistics.median(
        after - before for before, after in itertools.pairwise(bars)
    )
    curves = {}
    for row in _rows(results / "figures/mean_spectra_shown_tune.csv"):
        curves.setdefault(row["curve"], []).append(float(row["level_db"]))
    below = [one < min(two, three) for one, two, three in zip(*list(curves.values())[:3], strict=True)]
    name = "share of frequencies with layer 1 below layers 2 and 3"
    assert float(value["p7.num.L1low", name]) == pytest.approx(sum(below) / len(below))
    with read_trajectories(results / "intact/trajectories.h5") as stored:
        for layer in (1, 2, 3):
            share = (abs(stored.hidden_state(layer, 0)) > 0.5).mean()
            assert float(value["p7.fig.hist", f"share of |h| > 0.5, layer {layer}"]) == pytest.approx(share, abs=1e-9)
    assert float(value["p7.num.rect60", "sidelobe_2_period_steps, rect"]) == pytest.approx(59.78, abs=0.005)


def test_the_effects_of_interventions_agree_with_the_tables_that_they_are_counted_from(finished):
    results = finished.folder / "results/smoke"
    effects = _rows(results / "softmax_effects.csv")
    assert {row["condition"] for row in effects} == {*REMOVALS, *PUSHES}
    against = {row["condition"] for row in effects if row["reference"] == "matched random directions"}
    assert against == {"w1_removed_mean_kept"}
    for row in effects:
        if row["outcome"] == "share of correct bars" and row["reference"] == "intact":
            for column, condition in (("condition_value", row["condition"]), ("reference_value", "intact")):
                measured = [bar for bar in _rows(results / condition / "bars.csv") if bar["verdict"] != "unmeasured"]
                n_ok = sum(bar["is_ok"] == "True" for bar in measured)
                assert float(row[column]) == pytest.approx(n_ok / len(measured), abs=1e-12)
            difference = float(row["condition_value"]) - float(row["reference_value"])
            assert float(row["difference"]) == pytest.approx(difference, abs=1e-12)
            assert float(row["lower"]) <= difference <= float(row["upper"])


def test_no_job_takes_more_than_it_asks_a_cluster_for(finished):
    config = yaml.safe_load((finished.folder / "config/config.yaml").read_text(encoding="utf-8"))
    overlay = yaml.safe_load((finished.folder / "config/smoke.yaml").read_text(encoding="utf-8"))
    config["generation"] |= overlay["generation"]
    rules = {path.stem for path in (finished.folder / "workflow/scripts").glob("*.py")}
    benchmarks = sorted((finished.folder / "results/smoke/benchmarks").glob("*.tsv"))
    assert len(benchmarks) > 10
    for path in benchmarks:
        (row,) = csv.DictReader(path.read_text().splitlines(), delimiter="\t")
        rule = max((rule for rule in rules if path.stem.startswith(rule)), key=len)
        assert float(row["s"]) <= 60 * runtime_minutes(rule, config), path.name
        # Jobs that end at once are not measured.
        if row["max_rss"] not in ("NA", "-"):
            assert float(row["max_rss"]) <= mem_mb(rule, config), path.name


@pytest.mark.parametrize(
    ("nothing", "everything", "targets"),
    [
        (1, 2, [f"figures/{name}.svg" for name in ("bar_shares", "population", "unit_overlay_strongest")]),
        *(pytest.param(*layers, ["report.html"], marks=pytest.mark.full) for layers in ((1, 2), (2, 3), (3, 1))),
    ],
)
@pytest.mark.long
def test_a_selection_of_nothing_or_everything_is_a_result(smoke_study, tmp_path, nothing, everything, targets):
    project = smoke_study.copy(tmp_path / "copy")
    results = project.folder / "results/smoke"
    above = [{nothing: 1.0, everything: 0.0}.get(layer) for layer in (1, 2, 3)]
    targets = [f"results/smoke/{target}" for target in targets]
    project.smoke(*targets, overlay=yaml.safe_dump({"selection": {"power_fraction_above": above}}))
    rows = {int(row["layer"]): row for row in _rows(results / "selection.csv")}
    for layer, word, n_selected in ((nothing, "none", "0"), (everything, "all", rows[everything]["n_units"])):
        assert rows[layer]["n_selected"] == n_selected
        log = (results / f"logs/excise_units_layer_{layer}_excised.log").read_text()
        assert f"{word} of the units of layer {layer} are excised" in log
    intact, excised = (_rows(results / name / "bars.csv") for name in ("intact", f"layer_{nothing}_excised"))
    assert intact == excised
    # And back.
    table = f"smoke/layer_{nothing}_excised/bars.csv"
    project.smoke(f"results/{table}")
    assert project.digests()[table] == smoke_study.digests()[table]


@pytest.mark.parametrize("n_shards", [3, pytest.param(8, marks=pytest.mark.full)])
def test_the_number_of_shards_leaves_no_trace(finished, project, n_shards):
    targets = [f"results/smoke/{condition}/tunes.h5" for condition in ("intact", "intact_two_hot")]
    project.smoke(*targets, overlay=f"generation: {{n_shards: {n_shards}}}")
    logs = {path.name for path in (project.folder / "results/smoke/logs").iterdir()}
    assert f"generate_tunes_intact_{n_shards - 1}.log" in logs
    for target in targets:
        assert (project.folder / target).read_bytes() == (finished.folder / target).read_bytes()


def test_a_planted_seed_is_found_again(project):
    checkpoint = convert_checkpoint(ROOT / "resources/checkpoints/demo.pkl")
    planted = generate_tunes(checkpoint, rng_seed=4242, n_tunes=1, sampler="folk-rnn").tokens(0)
    prefix = " ".join(planted[1:12])
    overlay = f'find_seed: {{prefix: "{prefix}", first_rng_seed: 3000, n_seeds: 5000, n_shards: 3}}'
    # As if a run had been cut off, whose logs Snakemake deletes.
    project.smoke("results/smoke/seeds/0.csv", overlay=overlay)
    (project.folder / "results/smoke/seeds/0.csv").unlink()
    project.smoke("results/smoke/seeds.csv", overlay=overlay)
    assert "resuming at seed 4666" in (project.folder / "results/smoke/logs/scan_seeds_0.log").read_text()
    (row,) = _rows(project.folder / "results/smoke/seeds.csv")
    assert (row["rng_seed"], row["tokens"].split()) == ("4242", planted[1:])
    assert [len(_rows(project.folder / f"results/smoke/seeds/{shard}.csv")) for shard in range(3)] == [1, 0, 0]


@pytest.mark.parametrize(
    "target",
    ["results/smoke/effects.csv", pytest.param("all", marks=pytest.mark.full)],
    ids=["tables", "all"],
)
@pytest.mark.long
def test_the_chain_on_a_real_size_python_2_checkpoint(project, shared_file, target):
    source = shared_file("checkpoints/session-512.pkl")
    project.smoke(target, overlay=yaml.safe_dump({"checkpoint": {"source": str(source)}}))
    results = project.folder / "results/smoke"
    shares = _bar_shares(results)
    # Its README reports 97 % of bars correct for this prompt.
    assert float(shares["intact"]["estimate"]) > 0.9
    assert all(float(shares[lesion]["estimate"]) < float(shares["intact"]["estimate"]) for lesion in LESIONS)
    # A third of each layer, though it is not the network of the default study.
    assert [row["n_selected"] for row in _rows(results / "selection.csv")] == ["169"] * 3


def test_every_file_opens_as_its_readme_shows(smoke_study):
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "results/README.md").read_text(encoding="utf-8"), re.DOTALL)
    found = {}
    exec(code.replace("results/demo", str(smoke_study.folder / "results/smoke")), found)
    assert found["tokens"][0] == "<s>"
    # </s> is not read.
    assert len(found["posterior"]) == len(found["hidden_state"]) in (len(found["tokens"]) - 1, len(found["tokens"]))
    assert len(found["power"]) == len(found["frequency"])
    for path in (smoke_study.folder / "results/smoke").rglob("*.h5"):
        assert path.name in code, path


def test_the_curves_of_replays_have_the_names_of_their_spectra(finished):
    results = finished.folder / "results/smoke"
    drawn = pd.read_csv(results / "figures/replays.csv").query("sequence == 'layer 1'")
    assert drawn["replay"].unique().tolist() == list(REPLAYS)
    for replay, rows in drawn.groupby("replay"):
        own = read_spectra(results / replay / "spectra.h5", "population").layers[0].curve.mean
        assert np.allclose(rows["magnitude"], own), replay
