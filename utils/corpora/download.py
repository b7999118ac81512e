"""The download of Multi30k: each file checked, and whole or not there."""

import os
from contextlib import suppress
from pathlib import Path

from utils.corpora.lines import CorpusError, read_lines

MULTI30K_URL = (
    "https://raw.githubusercontent.com/multi30k/dataset/"
    "c40b37b23d6387214f8ab37335b5a8672b9745f2/data/task1/raw/"
)


def fetch_multi30k(
    checksums: Path, languages: tuple[str, str], cache: Path, progress: bool
) -> None:
    """Download the files of two languages, such as train.de.gz, unless `cache` has them.

    `checksums` lists the files there are. What is damaged is fetched again. Files that are right
    stay, even when a later one fails, so that running again goes on. Raises CorpusError, which says
    what to do.
    """
    files = [(*line.split(), line.split(".")[-2]) for line in read_lines(checksums)]
    known = sorted({language for _, _, language in files})
    if not set(languages) <= set(known):
        raise CorpusError(
            f"Multi30k is known in {' and '.join(known)}, not in {' and '.join(languages)}; "
            f"add its files in another language to {checksums}"
        )
    base = (os.environ.get("MULTI30K_URL") or MULTI30K_URL).rstrip("/")
    for checksum, name, language in files:
        if language in languages:
            _fetch(f"{base}/{name}", cache / name, checksum, progress)


def _fetch(url: str, path: Path, checksum: str, progress: bool) -> None:
    import pooch  # slow to import, and most readers never download
    from requests import RequestException

    logger, get = pooch.get_logger(), pooch.HTTPDownloader(progressbar=progress, timeout=30)
    level = logger.level
    try:
        logger.setLevel("ERROR")
        pooch.retrieve(url, checksum, path.name, path.parent, downloader=get)
    except RequestException as error:
        reason = getattr(error.response, "status_code", type(error).__name__)
        problem = f"{url} cannot be downloaded ({reason}); check the network and MULTI30K_URL"
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = f"{path} cannot be written ({reason}); set MULTI30K_CACHE to another folder"
    except ValueError:
        problem = f"{url} is not the file as published (SHA-256 differs); check MULTI30K_URL"
    else:
        with suppress(OSError):  # pooch lets only the owner read it; a class may share the cache
            path.chmod(0o644)
        return
    finally:
        logger.setLevel(level)
    raise CorpusError(f'Multi30k: {problem}, then run again; load_corpus("mini") needs no network')
