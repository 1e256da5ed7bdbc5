"""Addresses without their secrets: what logs, records and messages may show of a URL."""

import hashlib
import re
from urllib.parse import urlsplit

from folkprobe.refusal import Refusal

_QUERY = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^\s?#]*)\?([^\s#]*)(?:#\S*)?")
_N_DIGITS = 12


def without_query(text: str) -> str:
    """Return a text whose URLs have a digest in place of their query, which may be a signature."""
    return _QUERY.sub(lambda url: f"{url[1]}#query-{hashlib.sha256(url[2].encode()).hexdigest()[:_N_DIGITS]}", text)


def without_secrets(content: object) -> object:
    """Return JSON whose texts are `without_query`."""
    if isinstance(content, dict):
        return {key: without_secrets(value) for key, value in content.items()}
    if isinstance(content, list):
        return [without_secrets(value) for value in content]
    return without_query(content) if isinstance(content, str) else content


def refuse_user_information(url: str, what: str) -> None:
    """Refuse a URL with a user's name or password, without repeating it; `what` begins the sentence."""
    try:
        has_user = "@" in urlsplit(url).netloc
    except ValueError:
        has_user = "@" in url
    if has_user:
        raise Refusal(
            f"{what}: the URL has a user's name or password, which logs and records would show; remove it, or download "
            "the file by hand and give its path"
        )
