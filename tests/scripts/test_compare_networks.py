"""The script compare_networks."""

import numpy as np
import pandas as pd
import pytest

from folkprobe.statistics.lesion_design import PRIMARY_OUTCOME

# Of the same tunes: a network that counts, the same one again, and one that loses count.
N_WRONG = {"counter": 1, "twin": 1, "follower": 6}


def _study(folder, n_wrong, n_layers):
    rng = np.random.default_rng(5)
    folder.mkdir()
    n_measured = rng.integers(10, 20, 30)
    intact = pd.DataFrame(
        {
            "condition": "intact",
            "layer": None,
            "family": None,
            "n_units": None,
            "kind": "intact",
            "set_index": None,
            "tune_index": range(30),
            "n_measured_bars": n_measured,
            "n_wrong_bars": np.minimum(rng.poisson(n_wrong, 30), n_measured),
            "ok": 1,
            "strict_ok": 1,
            "wellformed": 1,
            "n_tokens": 9 * n_measured,
            "ended": 1,
            "intact_log_probability": -1.0 * n_measured,
        }
    )
    pd.concat([intact, intact.assign(condition="x", kind="targeted")]).to_csv(folder / "outcomes.csv", index=False)
    layers = range(1, n_layers + 1)
    effects = pd.DataFrame({"layer": layers, "estimate": n_wrong / 10, "n_units": 4, "n_sets": 5, "n_tunes": 30})
    effects = effects.assign(
        lower=n_wrong / 10 - 0.02, upper=n_wrong / 10 + 0.03, level=0.95, method="t", role="primary"
    )
    pd.concat([effects, effects.assign(role="descriptive")]).to_csv(folder / "effects.csv", index=False)
    curve = {"frequency_cycles_per_step": [0.0, 0.1], "period_steps": [np.inf, 10.0]}
    levels = {"level_db": [0.0, -n_wrong], "lower_db": [-1.0, -9.0], "upper_db": [1.0, 0.0]}
    spectra = [pd.DataFrame({"curve": f"layer {layer}"} | curve | levels) for layer in layers]
    pd.concat(spectra).to_csv(folder / "mean_spectra_population.csv", index=False)
    directions = {"decomposition": "as_trained", "direction": [1, 2], "singular_value": [3.0, n_wrong]}
    pd.DataFrame(directions).to_csv(folder / "directions.csv", index=False)
    ends = {"replay": "bars_deleted", "first_bar": [1], "last_bar": [np.inf], "auc": [1 - n_wrong / 20]}
    ends |= {"lower": [0.6], "upper": [0.99], "level": 0.95, "n_tunes": 30, "method": "b"}
    pd.DataFrame(ends).to_csv(folder / "bar_ends.csv", index=False)
    groups = [str(layer) for layer in layers] + ["1+2"] * (n_layers > 1)
    held = pd.DataFrame(
        {"layers": groups, "set": "all", "mode": "holds", "donor": "other_count", "shift": 1 - n_wrong / 20}
    )
    held = held.assign(lower=0.6, upper=0.99, n_pairs=16, n_tunes=30, interval="b")
    others = (held.assign(set="targeted"), held.assign(donor="same_count"))
    pd.concat([held, *others]).to_csv(folder / "interchange.csv", index=False)
    claims = {"claim": ["a"], "statement": ["It counts."], "verdict": ["reproduced"], "value": [str(n_wrong)]}
    pd.DataFrame(claims).to_csv(folder / "claims.csv", index=False)


@pytest.fixture
def compare(script, tmp_path):
    for number, (name, n_wrong) in enumerate(N_WRONG.items()):
        _study(tmp_path / name, n_wrong, n_layers=3 if number < 2 else 1)

    def compare(with_bars=tuple(N_WRONG), with_claims=("counter", "twin")):
        def paths(file, names=tuple(N_WRONG)):
            return [tmp_path / name / f"{file}.csv" for name in names]

        tables = ("outcomes", "contrasts", "spectra", "singular_values", "bar_ends", "interchange", "claims")
        tables += ("configurations",)
        written = {name: tmp_path / f"{name}.csv" for name in tables}
        script("compare_networks").main(
            outcomes_paths=paths("outcomes"),
            effects_paths=paths("effects"),
            spectra_paths=paths("mean_spectra_population"),
            directions_paths=paths("directions"),
            bar_ends_paths=paths("bar_ends", with_bars),
            interchange_paths=paths("interchange", with_bars),
            claims_paths=paths("claims", with_claims),
            output_outcomes_path=written["outcomes"],
            contrasts_path=written["contrasts"],
            output_spectra_path=written["spectra"],
            singular_values_path=written["singular_values"],
            output_bar_ends_path=written["bar_ends"],
            output_interchange_path=written["interchange"],
            output_claims_path=written["claims"],
            configurations_path=written["configurations"],
            networks=list(N_WRONG),
            reference="counter",
            confidence_level=0.95,
            configurations={
                name: {"model": name, "checkpoint": {"source": f"{name}.pkl", "n_layers": None}} for name in N_WRONG
            },
            with_bars=list(with_bars),
            with_claims=list(with_claims),
        )
        return {name: pd.read_csv(path) for name, path in written.items()}

    return compare


def test_the_same_network_differs_by_exactly_nothing_and_a_follower_where_it_must(compare):
    tables = compare()
    found = tables["outcomes"][tables["outcomes"]["contrast"] == "difference"].set_index(["network", "outcome"])
    twins = pd.concat([found.loc[["counter"]], found.loc[["twin"]]])
    assert (twins["estimate"] == 0).all()
    assert (twins["lower"] <= 0).all()
    assert (twins["upper"] >= 0).all()
    assert found.loc[("follower", PRIMARY_OUTCOME), "lower"] > 0
    assert found.loc[("follower", "mean_tokens_per_tune"), "estimate"] == 0
    for name, n_rows in (("contrasts", 3), ("bar_ends", 1), ("interchange", 4)):
        differences = tables[name][tables[name]["contrast"] == "difference"].set_index("network")
        twin, follower = differences.loc[["twin"]], differences.loc[["follower"]]
        assert (twin["estimate"] == 0).all()
        assert (twin["lower"] < 0).all()
        assert (twin["upper"] > 0).all()
        # Of one layer.
        assert (len(twin), len(follower)) == (n_rows, 1)
        assert (follower["estimate"] != 0).all()


def test_networks_stand_side_by_side(compare):
    tables = compare()
    assert tables["spectra"].groupby("network")["curve"].nunique().to_dict() == {"counter": 3, "follower": 1, "twin": 3}
    assert set(tables["singular_values"]["network"]) == set(N_WRONG)
    assert tables["claims"].loc[0, ["verdict_counter", "value_twin"]].tolist() == ["reproduced", 1]
    assert "verdict_follower" not in tables["claims"]
    # What is the same in all is not listed.
    assert tables["configurations"]["key"].tolist() == ["checkpoint.source", "model"]
    assert tables["configurations"].loc[0, "twin"] == '"twin.pkl"'


def test_networks_without_bars_or_claims_are_compared_in_the_rest(compare):
    tables = compare(with_bars=(), with_claims=())
    assert tables["bar_ends"].empty
    assert tables["interchange"].empty
    assert tables["claims"].empty
    assert not tables["outcomes"].empty
