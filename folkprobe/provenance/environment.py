"""The environment of a job: Python, third-party packages, BLAS."""

import platform
import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution

import threadpoolctl

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
        `python`, `implementation` and `machine`; `distributions`, the version of each package's distribution and of its
        installed requirements, by normalised name; `blas`, each loaded BLAS and the processor family of its kernels.
        No path, no host, no number of threads.
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
    waiting = [_DISTRIBUTIONS.get(package, package) for package in packages]
    versions: dict[str, str] = {}
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in versions:
            continue
        try:
            metadata = distribution(name).read_text("METADATA") or ""
        except PackageNotFoundError:
            # Requirements of another system or of an extra.
            continue
        # The e-mail parser of importlib.metadata takes longer than all the rest.
        head = metadata.partition("\n\n")[0]
        versions[name] = re.search(r"^Version: (\S+)", head, re.MULTILINE).group(1)
        waiting += [
            required
            for required, condition in re.findall(r"^Requires-Dist: ([\w.-]+)(.*)$", head, re.MULTILINE)
            if "extra ==" not in condition
        ]
    return dict(sorted(versions.items()))
