"""What the plan of a study depends on in its network: how many layers there are, of how many units, and the tokens."""

import hashlib
import json
import zipfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.music.vocabulary import writes_bars
from folkprobe.refusal import Refusal
from study.places import given_file

# Of folk-rnn's networks. ASSUME: so has one that cannot be read yet, unless n_layers says otherwise.
_N_LAYERS_OF_THE_ARTICLES = 3
# What has been read, by the files' content: each job parses the rules again.
_FOLDER = Path(".snakemake/folkprobe")


@dataclass(frozen=True)
class Network:
    """A network before any job has run.

    Attributes
    ----------
    n_units : tuple of (int or None)
        Of each layer; None where it is not known yet.
    vocabulary : tuple of str, or None
        In index order; None where it is not known yet.
    """

    n_units: tuple[int | None, ...]
    vocabulary: tuple[str, ...] | None


def is_url(source: str) -> bool:
    """Report whether a checkpoint's source must be fetched."""
    return "://" in source


def description_beside(source: str) -> list[str]:
    """Return the JSON file that belongs to an npz, if there is one."""
    path = Path(source).with_suffix(".json")
    if path == Path(source) or not path.is_file():
        return []
    try:
        with zipfile.ZipFile(source) as file:
            is_npz = all(name.endswith(".npy") for name in file.namelist())
    except (OSError, zipfile.BadZipFile):
        return []
    return [str(path)] if is_npz else []


def read_network(config: dict) -> Network:
    """Read what the plan depends on from a local checkpoint, or take it from the configuration of another.

    Returns
    -------
    Network
        Of a file that is not here yet, or that `folkprobe.network.formats` refuses, only the number of layers is known,
        from `checkpoint.n_layers`; the jobs that fetch and convert it refuse what does not fit.

    Raises
    ------
    Refusal
        For a file with another number of layers than `checkpoint.n_layers`.
    """
    source, vocabulary, n_layers = (config["checkpoint"][key] for key in ("source", "vocabulary", "n_layers"))
    network = None
    path, vocabulary = given_file(source), given_file(vocabulary) if vocabulary else None
    paths = [] if is_url(source) else [path, *([vocabulary] if vocabulary else []), *description_beside(path)]
    if paths and all(Path(path).is_file() for path in paths):
        # A file that has changed is read again.
        changes = (Path(path).stat() for path in paths)
        network = _read(
            path,
            vocabulary,
            tuple((path, of.st_mtime_ns, of.st_size) for path, of in zip(paths, changes, strict=True)),
        )
    if network is None:
        return Network((None,) * (n_layers or _N_LAYERS_OF_THE_ARTICLES), None)
    if n_layers not in (None, len(network.n_units)):
        raise Refusal(
            f"config key checkpoint.n_layers: {source} has {len(network.n_units)} LSTM layers, not {n_layers}: set the "
            "key to null or to that number"
        )
    return network


def layers(config: dict) -> range:
    """Return the numbers of the network's layers, from 1."""
    return range(1, len(read_network(config).n_units) + 1)


def has_claims(config: dict) -> bool:
    """Report whether the articles' claims can be asked of the network: they are about three layers and bars."""
    return len(layers(config)) == _N_LAYERS_OF_THE_ARTICLES and has_bars(config)


def has_bars(config: dict) -> bool:
    """Report whether the tokens of a network, as far as they are known, write bars that can be counted."""
    vocabulary = read_network(config).vocabulary
    return vocabulary is None or writes_bars(vocabulary)


def of_layer(value: object, layer: int) -> object:
    """Return what a value of the configuration, a list by layer or one value for all, is for a layer, from 1."""
    return value[layer - 1] if isinstance(value, list) else value


def by_layer(value: object, config: dict) -> list:
    """Return a value of the configuration, a list by layer or one value for all, as a list by layer."""
    return [of_layer(value, layer) for layer in layers(config)]


@cache
def _read(source: str, vocabulary: str | None, files: tuple[tuple[str, int, int], ...]) -> Network | None:
    # Imported here: an audit imports this module too, and must start quickly.
    from folkprobe.network.source import read_source

    with suppress(Refusal, OSError):
        contents = [read_source(Path(path)) for path, _, _ in files]
        known = _FOLDER / f"{'-'.join(hashlib.sha256(each).hexdigest()[:32] for each in contents)}.json"
        with suppress(OSError, ValueError, TypeError):
            content = json.loads(known.read_text(encoding="utf-8"))
            return Network(**{name: tuple(values) for name, values in content.items()})
        from folkprobe.network.formats import convert_checkpoint
        from folkprobe.network.formats.description import read_vocabulary

        checkpoint = convert_checkpoint(source, read_vocabulary(vocabulary) if vocabulary else None)
        network = Network(tuple(layer.n_units for layer in checkpoint.layers), checkpoint.vocabulary)
        # A folder that cannot be written makes planning slower, not impossible.
        with suppress(OSError):
            _FOLDER.mkdir(parents=True, exist_ok=True)
            with whole_file(known) as temporary:
                temporary.write_text(json.dumps(asdict(network)), encoding="utf-8")
        return network
    return None
