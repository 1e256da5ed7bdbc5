"""Digests of what a result was made from."""

import ast
import hashlib
import sys
from functools import cache
from pathlib import Path

_DATA_SUFFIXES = {".mplstyle", ".json", ".csv", ".yaml"}


@cache
def sha256_of_file(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file's bytes, cached for the life of the process."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def import_closure(source: Path, root: Path) -> dict[str, str]:
    """Digest every file of a package that a source file can import, directly or through others.

    Snakemake detects a changed script but not a changed module that the script imports; these digests, given to a rule
    as a parameter, make it detect both.

    Parameters
    ----------
    source : Path
        A Python file.
    root : Path
        The folder that holds the packages; imports from elsewhere are ignored.

    Returns
    -------
    dict of str to str
        Path relative to `root`, in POSIX form, to SHA-256; ascending by path; `source` itself included. Imports inside
        functions and under `TYPE_CHECKING` count too. A data file beside an imported module (a style sheet) is part of
        that module; an editor's backup files are not.
    """
    root, source = root.resolve(), source.resolve()
    waiting, modules = [source], set()
    while waiting:
        path = waiting.pop()
        if path not in modules:
            modules.add(path)
            waiting.extend(_imported_files(path, root))
    files = modules.union(*(_data_files(folder) for folder in {path.parent for path in modules - {source}}))
    return {path.relative_to(root).as_posix(): sha256_of_file(path) for path in sorted(files)}


def imported_packages(source: Path, root: Path) -> list[str]:
    """List the third-party packages that a source file can import, directly or through our modules.

    Parameters
    ----------
    source, root : Path
        As for `import_closure`.

    Returns
    -------
    list of str
        Top-level names, ascending, without the standard library's and without packages imported only for type checkers.
    """
    names = set().union(*(_foreign_names(root / path) for path in import_closure(source, root) if path.endswith(".py")))
    local = {path.stem for path in root.iterdir()}
    return sorted(names - local - sys.stdlib_module_names)


@cache
def _foreign_names(path: Path) -> frozenset[str]:
    names = set()
    for node, is_for_checkers in _imports(path):
        if is_for_checkers:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name.partition(".")[0] for alias in node.names)
        elif not node.level:
            names.add(node.module.partition(".")[0])
    return frozenset(names)


@cache
def _imports(path: Path) -> tuple[tuple[ast.Import | ast.ImportFrom, bool], ...]:
    """Return all import statements of a file, each with whether it is for type checkers only."""
    waiting, found = [(ast.parse(path.read_bytes(), filename=str(path)), False)], []
    while waiting:
        node, is_for_checkers = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append((node, is_for_checkers))
        is_guard = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        # Statements only: expressions contain no imports, and walking them takes ten times as long.
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            marked = is_for_checkers or (is_guard and part == "body")
            waiting.extend((inner, marked) for inner in getattr(node, part, ()))
    return tuple(found)


@cache
def _data_files(folder: Path) -> frozenset[Path]:
    return frozenset(path for path in folder.iterdir() if path.suffix in _DATA_SUFFIXES and path.name[0] != ".")


@cache
def _imported_files(path: Path, root: Path) -> tuple[Path, ...]:
    names: set[str] = set()
    for node, _ in _imports(path):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        else:
            package = node.module or ""
            if node.level:
                anchor = path.parents[node.level - 1].relative_to(root)
                package = ".".join([*anchor.parts, *filter(None, [node.module])])
            names.update([package, *(f"{package}.{alias.name}" for alias in node.names)])
    # Importing a.b.c runs a/__init__.py and a/b/__init__.py too.
    prefixes = {".".join(name.split(".")[: n + 1]) for name in names for n in range(name.count(".") + 1)}
    files = set()
    for name in prefixes - {""}:
        place = root.joinpath(*name.split("."))
        candidates = (place.with_suffix(".py"), place / "__init__.py")
        files.update(candidate for candidate in candidates if candidate.is_file())
    return tuple(sorted(files))
