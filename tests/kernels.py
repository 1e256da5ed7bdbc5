"""Kernel families of OpenBLAS: which of them the processor at hand can run.

OpenBLAS brings kernels for several families of processors and takes those of its own choice, or those that
OPENBLAS_CORETYPE names. It believes the name: where the processor lacks the instructions, the process dies. And it
ignores a name that it does not know, or has no kernels for. So each family is tried in a process of its own.
"""

import os
import platform
import signal
import subprocess
import sys
from functools import cache

# The strongest first. Of x86-64, all that numpy's OpenBLAS has kernels for (DYNAMIC_LIST in openblas-libs), but for
# Prescott's, which it reports as Katmai's; Zen has kernels in other builds. Of 64-bit ARM, one of each set of
# instructions (SVE of 256 and 128 bits, SVE of any width, without) and the plainest.
_BY_MACHINE = {
    "x86_64": ("SkylakeX", "Haswell", "Zen", "Sandybridge", "Nehalem"),
    "aarch64": ("NEOVERSEV1", "NEOVERSEN2", "ARMV8SVE", "NEOVERSEN1", "CORTEXA57", "ARMV8"),
}
_SAME_MACHINE = {"amd64": "x86_64", "arm64": "aarch64"}  # as Windows and macOS say

# Products of all sizes that have kernels of their own, and the name of what computed them.
_PROBE = """
import numpy as np
from threadpoolctl import threadpool_info
for dtype in ("float64", "float32"):
    for n in (4, 40, 400):
        a = np.ones((n, n), dtype)
        a @ a, a @ a.T, a @ a[0], a[0] @ a[0]
print(*(each["architecture"] for each in threadpool_info() if each["internal_api"] == "openblas"))
"""


def families(machine=None):
    """List the families to be tried on a kind of machine, the strongest first.

    Parameters
    ----------
    machine : str, optional
        As `platform.machine` says, which is asked if not given.

    Returns
    -------
    tuple of str
        Names for OPENBLAS_CORETYPE; none for a kind that is not known here.
    """
    name = (machine or platform.machine()).lower()
    return _BY_MACHINE.get(_SAME_MACHINE.get(name, name), ())


def environment_of(family, n_threads=1):
    """Return the environment of a process that computes with a family's kernels.

    Parameters
    ----------
    family : str
    n_threads : int

    Returns
    -------
    dict of str to str
        This process's, in which a choice of its own does not count.
    """
    return os.environ | {"OPENBLAS_CORETYPE": family, "OPENBLAS_NUM_THREADS": str(n_threads)}


@cache
def why_not(family):
    """Return why a family's kernels cannot be had here; asked once in a process.

    Parameters
    ----------
    family : str

    Returns
    -------
    str
        A sentence with the family's name; empty where they run.

    Raises
    ------
    RuntimeError
        Where numpy fails for another reason than an instruction that the processor lacks.
    """
    ended = subprocess.run([sys.executable, "-c", _PROBE], env=environment_of(family), capture_output=True, text=True)
    if ended.returncode == -signal.SIGILL:
        return f"this processor lacks the instructions of {family}'s kernels"
    if ended.returncode:
        raise RuntimeError(f"numpy with {family}'s kernels ended with {ended.returncode}: {ended.stderr}")
    granted = ended.stdout.split()
    if not granted:
        return f"numpy has no OpenBLAS here, and so no kernels of {family}"
    # ARM's names are reported in small letters.
    if [name.lower() for name in granted] != [family.lower()]:
        return f"asked for {family}'s kernels, this OpenBLAS gives {granted[0]}'s"
    return ""


def families_that_run():
    """List the families whose kernels run on this processor.

    Returns
    -------
    list of str
        The strongest first. On x86-64 there are at least two where AVX is.
    """
    return [family for family in families() if not why_not(family)]
