"""The download of Multi30k: each file checked, and whole or not there."""

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies

from utils.corpora.lines import read_lines
from utils.corpora.pairs import CorpusError
from utils.system.failures import explain

if TYPE_CHECKING:
    from requests import RequestException

MULTI30K_URL = (
    "https://raw.githubusercontent.com/multi30k/dataset/"
    "c40b37b23d6387214f8ab37335b5a8672b9745f2/data/task1/raw/"
)

PATIENCE = 30  # seconds until a server must answer
CERTIFICATES = "REQUESTS_CA_BUNDLE"


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

    logger, get = pooch.get_logger(), pooch.HTTPDownloader(progressbar=progress, timeout=PATIENCE)
    level = logger.level
    try:
        logger.setLevel("ERROR")
        pooch.retrieve(url, checksum, path.name, path.parent, downloader=get)
    except RequestException as error:
        reason, remedy = _diagnose(error, url)
        problem = f"{url} cannot be downloaded ({reason}); {remedy}"
    except OSError as error:
        if isinstance(error, PermissionError) and isinstance(error.__cause__, OSError):
            error = error.__cause__  # the system's own, which pooch hides behind another
        if error.errno is None:  # the only one without a number: requests misses certificates
            problem = f"{url} cannot be downloaded ({error}); check {CERTIFICATES}"
        else:
            problem = explain(error, path, "written") + ", and name it in MULTI30K_CACHE"
    except ValueError:
        problem = f"{url} is not the file as published (SHA-256 differs); check MULTI30K_URL"
    else:
        _let_others_read(path)
        return
    finally:
        logger.setLevel(level)
    raise CorpusError(f'Multi30k: {problem}, then run again; load_corpus("mini") needs no network')


def _let_others_read(path: Path) -> None:
    """Give a file the rights of the umask: pooch's are its owner's, and a class may share it."""
    umask = os.umask(0o077)
    os.umask(umask)
    with suppress(OSError):
        path.chmod(0o666 & ~umask)


def _diagnose(error: "RequestException", url: str) -> tuple[str, str]:
    """Return why a download failed, and what to check."""
    from requests import exceptions

    reason = str(getattr(error.response, "status_code", None) or type(error).__name__)
    if reason == "407" or isinstance(error, exceptions.ProxyError | exceptions.InvalidProxyURL):
        scheme = urlsplit(url).scheme
        proxy = getproxies().get(scheme, "").rpartition("@")[2]  # without a password
        return reason, f"the proxy {proxy} refuses or is not there: check {scheme.upper()}_PROXY"
    if isinstance(error, exceptions.SSLError):
        remedy = f"if your network has a certificate of its own, name its file in {CERTIFICATES}"
        return f"{reason}: the certificate is not trusted", remedy
    if isinstance(error, exceptions.Timeout):
        reason = f"no answer within {PATIENCE} seconds"
    return reason, "check the network and MULTI30K_URL"
