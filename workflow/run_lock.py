"""Tells a lock that a killed run left behind from that of a run at work."""

import fcntl
import shutil
import sys
from pathlib import Path
from typing import IO


def hold_folder(state: Path) -> IO | None:
    """Hold a folder for as long as this process lives, and remove Snakemake's locks where no one else holds it.

    Snakemake's locks are plain files, which outlive a run that is killed; the kernel's end with their process.

    Parameters
    ----------
    state : Path
        Snakemake's own folder, `.snakemake`; made if it is not there.

    Returns
    -------
    file object or None
        Holds the folder until it is closed. None where the file system knows no such locks or may not be written:
        then Snakemake's locks stand, and `snakemake --unlock` removes them.
    """
    try:
        state.mkdir(exist_ok=True)
        held = (state / "held").open("a")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another run is at work in this folder.", file=sys.stderr)
        else:
            # Nobody else is at work here.
            locks = state / "locks"
            if locks.is_dir() and any(locks.iterdir()):
                shutil.rmtree(locks)
                print("An earlier run was killed here; its lock is removed.", file=sys.stderr)
        # Two runs that make different files may work side by side.
        fcntl.flock(held, fcntl.LOCK_SH)
    except OSError:
        return None
    return held
