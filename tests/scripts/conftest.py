"""Scripts as modules, and the small files that they read."""

import numpy as np
import pytest
from legibility import flaws
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from project import load_script

from folkprobe.music.tunes import Tunes, write_tunes
from folkprobe.network.checkpoint import write_checkpoint
from folkprobe.network.excision import excise_units
from folkprobe.network.projection import project_hidden_state, write_projections
from folkprobe.network.trajectory import Trajectory
from folkprobe.network.trajectory_file import write_trajectories
from folkprobe.signal.spectra_file import GROUPS, LayerSpectra, NetworkSpectra, write_spectra
from folkprobe.signal.spectrum import MeanCurve, Spectrum


@pytest.fixture(scope="session")
def script():
    """Import the script of that stem; its guard keeps it from running."""
    return load_script


@pytest.fixture
def checkpoint_path(checkpoint, tmp_path):
    write_checkpoint(checkpoint, tmp_path / "checkpoint.h5")
    return tmp_path / "checkpoint.h5"


@pytest.fixture
def write_tune_texts(tmp_path):
    """Write tunes that are given as text, tokens separated by spaces."""

    def write(*texts, first_tune=0, name="tunes.h5"):
        tunes = [text.split() for text in texts]
        vocabulary = tuple(sorted({token for tune in tunes for token in tune}))
        token_index = np.array([vocabulary.index(token) for tune in tunes for token in tune], dtype=np.int16)
        made = Tunes(
            vocabulary=vocabulary,
            token_index=token_index,
            tune_offsets=np.cumsum([0, *map(len, tunes)]),
            stop_code=np.zeros(len(tunes), dtype=np.int8),
            log_probabilities=np.zeros(len(token_index)),
            rng_seed=11,
            first_tune=first_tune,
            temperature=1.0,
            prompt="",
            sampler="per-tune",
            dtype="float64",
            max_steps=100,
        )
        write_tunes(made, tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def trajectories():
    """Noise for three tunes of different lengths, with the shapes that `trajectories_path` promises."""
    rng = np.random.default_rng(4)

    def tune(n_steps):
        states = tuple(rng.uniform(-1, 1, (n_steps, n)).astype(np.float32) for n in (3, 4, 6))
        return Trajectory(hidden_state=states, posterior=rng.dirichlet(np.ones(12), n_steps).astype(np.float32))

    return [tune(n_steps) for n_steps in (17, 12, 20)]


@pytest.fixture
def trajectories_path(checkpoint, trajectories, tmp_path):
    """Layer 1 has the units 0, 2 and 4; the other layers have all of theirs."""
    path = tmp_path / "trajectories.h5"
    write_trajectories(excise_units(checkpoint, 1, [1, 3]), iter(trajectories), path)
    return path


@pytest.fixture
def write_states(checkpoint, tmp_path):
    """Write trajectories given as the hidden states of the three layers of each tune, units as in trajectories_path."""

    def write(tunes, posteriors=None, name="trajectories.h5", excised=(1, 3)):
        posteriors = posteriors or [np.full((len(states[0]), 12), 1 / 12) for states in tunes]
        made = [Trajectory(hidden_state=tuple(s), posterior=p) for s, p in zip(tunes, posteriors, strict=True)]
        write_trajectories(excise_units(checkpoint, 1, list(excised)), iter(made), tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def projections(checkpoint):
    """Two tunes of 30 steps of the tests' network; the first two tokens of each are the prompt's."""
    rng = np.random.default_rng(6)
    tunes = [
        (rng.uniform(-1, 1, (30, 6)), rng.integers(0, 12, 30).astype(np.int16), np.arange(30) > 1) for _ in range(2)
    ]
    return project_hidden_state(checkpoint, tunes)


@pytest.fixture
def projections_path(projections, tmp_path):
    write_projections(projections, tmp_path / "projections.h5")
    return tmp_path / "projections.h5"


N_FFT = 18  # bin 2 is the period of 9 steps


@pytest.fixture
def spectra():
    """Noise for two groups; layer 1 has the units 0, 2, 3, 5 and 9, layer 2 the units 1, 4 and 7."""
    rng = np.random.default_rng(8)
    frequency = np.fft.rfftfreq(N_FFT)

    def layer(unit_index, n_tunes):
        curve = MeanCurve(
            frequency,
            rng.uniform(0.5, 1.5, len(frequency)),
            rng.uniform(0.01, 0.1, len(frequency)),
            kind="over tunes" if n_tunes > 1 else "over units",
            n=n_tunes if n_tunes > 1 else len(unit_index),
        )
        power = rng.uniform(0.1, 1, (len(frequency), len(unit_index)))
        spectrum = Spectrum(frequency, power, window="hann", n_fft=N_FFT, n_tunes=n_tunes, n_steps=16 * n_tunes)
        return LayerSpectra(np.array(unit_index), spectrum, curve)

    def network(n_tunes):
        return NetworkSpectra((layer([0, 2, 3, 5, 9], n_tunes), layer([1, 4, 7], n_tunes)), layer(range(12), n_tunes))

    return {group: network(7 if group == "population" else 1) for group in GROUPS}


@pytest.fixture
def spectra_path(spectra, tmp_path):
    write_spectra(spectra, tmp_path / "spectra.h5")
    return tmp_path / "spectra.h5"


@pytest.fixture
def figure_paths(tmp_path):
    """Where a figure is to be written; in the end, all of its files are there, each in its own format."""
    signatures = {"svg": b"<?xml", "pdf": b"%PDF", "png": b"\x89PNG"}
    paths = [tmp_path / f"figure.{suffix}" for suffix in signatures]
    yield paths
    for path, signature in zip(paths, signatures.values(), strict=True):
        assert path.read_bytes().startswith(signature)


@pytest.fixture
def saved_figures(monkeypatch):
    """Figures, in the order in which they are written, each once for each of its files; all can be read."""
    figures = []

    def keep(canvas_class, name):
        print_file = getattr(canvas_class, name)

        def print_and_keep(canvas, *arguments, **options):
            figures.append(canvas.figure)
            print_file(canvas, *arguments, **options)

        monkeypatch.setattr(canvas_class, name, print_and_keep)

    keep(FigureCanvasSVG, "print_svg")
    keep(FigureCanvasPdf, "print_pdf")
    keep(FigureCanvasAgg, "print_png")
    yield figures
    for figure in dict.fromkeys(figures):
        assert not flaws(figure)


# Twelve tokens, as many as the trajectories' posteriors have; of each tune, the last was drawn and not read.
SHOWN_TUNES = (
    "<s> M:4/4 K:Cmaj C 2 D | E F G A | C 2 D | E F",
    "<s> M:4/4 K:Cmaj C 2 D | E F G A A </s>",
    "<s> M:4/4 K:Cmaj C 2 D | C 2 D | C 2 D | C 2 D | E F",
)


@pytest.fixture
def shown_tunes_path(write_tune_texts):
    """The tunes that `trajectories_path` could be the replay of."""
    return write_tune_texts(*SHOWN_TUNES)


@pytest.fixture
def padded_spectra_path(spectra, tmp_path):
    """The shown tune's spectra under the name of every group."""
    path = tmp_path / "padded.h5"
    write_spectra(dict.fromkeys(GROUPS, spectra["shown_tune"]), path)
    return path
