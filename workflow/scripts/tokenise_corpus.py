"""Convert ABC tune books to tunes in folk-rnn v2 token format."""

import json
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from folkprobe.artefact import whole_file
from folkprobe.music.tokenising import find_music21_books, read_tune_book, tokenise_tune_book
from folkprobe.provenance.job import run_job
from folkprobe.refusal import Refusal

log = logging.getLogger("folkprobe.tokenise_corpus")


def main(
    *,
    vocabulary_path: Path,
    music21_collections: Sequence[str],
    tune_books_paths: Sequence[Path],
    corpus_path: Path,
) -> None:
    """Write the tunes of all books, each once, one a line; log how many were left out, and why."""
    vocabulary = json.loads(vocabulary_path.read_text(encoding="utf-8"))
    books = [book for name in music21_collections for book in find_music21_books(name)] + list(tune_books_paths)
    tunes: list[tuple[str, ...]] = []
    reason_counts: Counter[str] = Counter()
    for path in books:
        book = tokenise_tune_book(read_tune_book(path), vocabulary)
        log.info("%s: %d tunes, %d left out", path.name, len(book.tunes), len(book.left_out))
        tunes += book.tunes
        reason_counts += book.reason_counts
    # Collections print some tunes twice; a copy in the validation set would bias the loss.
    distinct_tunes = dict.fromkeys(tunes)
    if not distinct_tunes:
        raise Refusal("no tune could be tokenised: give ABC tune books under tune_books or music21_collections")
    with whole_file(corpus_path) as temporary:
        temporary.write_text("".join(" ".join(tune) + "\n" for tune in distinct_tunes), encoding="utf-8")
    log.info("%d distinct tunes, %d tokens", len(distinct_tunes), sum(map(len, distinct_tunes)))
    log.info("left out: %d repeated, %d untokenised", len(tunes) - len(distinct_tunes), reason_counts.total())
    for reason, n_tunes in reason_counts.most_common():
        log.info("%6d  %s", n_tunes, reason)


if __name__ == "__main__":
    run_job(main, snakemake)
