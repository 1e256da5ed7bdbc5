"""The environment of a job: Python, third-party packages, BLAS."""

import platform
import re
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution

import threadpoolctl
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Packages whose distribution has another name.
_DISTRIBUTIONS = {"PIL": "pillow", "yaml": "pyyaml"}


def describe_environment(packages: Iterable[str]) -> dict:
    """Describe the versions that a job runs on.

    Parameters
    ----------
    packages : iterable of str
        Packages that the job can import.

    Returns
    -------
    dict
        `python`, `implementation` and `machine`; `distributions`, the version of each package's distribution and of
        what it requires on this system, by normalised name, whatever else is installed; `blas`, each loaded BLAS and
        the processor family of its kernels. No path, no host, no number of threads.
    """
    libraries = [library for library in threadpoolctl.threadpool_info() if library["user_api"] == "blas"]
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "machine": platform.machine(),
        "distributions": _versions(packages),
        "blas": sorted(
            (
                {"name": each["internal_api"], "version": each["version"], "kernel": each.get("architecture")}
                for each in libraries
            ),
            key=str,
        ),
    }


def _versions(packages: Iterable[str]) -> dict[str, str]:
    waiting = [(_DISTRIBUTIONS.get(package, package), frozenset()) for package in packages]
    seen: set[tuple[str, frozenset[str]]] = set()
    versions: dict[str, str] = {}
    while waiting:
        name, extras = waiting.pop()
        name = canonicalize_name(name)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        version, requirements = _described(name)
        if version is None:
            # A package of ours, or an extra that is not installed.
            continue
        versions[name] = version
        # What is not required only lies about: it may be there today and gone tomorrow.
        waiting += [(each.name, frozenset(each.extras)) for each in requirements if _is_required(each, extras)]
    return dict(sorted(versions.items()))


def _is_required(requirement: Requirement, extras: frozenset[str]) -> bool:
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": each}) for each in extras | {""})


@cache
def _described(name: str) -> tuple[str | None, tuple[Requirement, ...]]:
    try:
        metadata = distribution(name).read_text("METADATA") or ""
    except PackageNotFoundError:
        return None, ()
    # The e-mail parser of importlib.metadata takes longer than all the rest.
    head = metadata.partition("\n\n")[0]
    version = re.search(r"^Version: (\S+)", head, re.MULTILINE).group(1)
    return version, tuple(map(Requirement, re.findall(r"^Requires-Dist: (.+)$", head, re.MULTILINE)))
