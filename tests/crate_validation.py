"""Run roc-validator on a crate without a network, in a process of its own: `python crate_validation.py FOLDER`.

It imports much, and not everything in it is free of warnings.
"""

import sys
from importlib.resources import files

import requests
from rocrate_validator import services
from rocrate_validator.models import Severity, ValidationSettings
from rocrate_validator.utils.http import HttpRequester

PROFILE = "provenance-run-crate-0.5"
CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def _get(_, url, **__):
    """Return the context that the library rocrate carries; whatever else is asked for is not there.

    It is version 1.3's. Of the words that our crates use it means the same as 1.1's, but for the address of Bioschemas.
    """
    response = requests.Response()
    response.status_code, response.url = 404, url
    if url == CONTEXT:
        text = files("rocrate").joinpath("data/ro-crate.jsonld").read_text(encoding="utf-8")
        response._content = text.replace("https://bioschemas.org/terms/", "https://bioschemas.org/").encode()
        response.status_code, response.headers["Content-Type"] = 200, "application/ld+json"
    return response


def main(folder):
    """Print what is required and missing, a line each, and a verdict."""
    HttpRequester.get = _get
    settings = ValidationSettings(
        rocrate_uri=folder, profile_identifier=PROFILE, requirement_severity=Severity.REQUIRED, no_cache=True
    )
    result = services.validate(settings)
    for issue in result.get_issues():
        print(issue.check.identifier, issue.message)
    print("valid" if result.passed() else "not valid")


if __name__ == "__main__":
    main(sys.argv[1])
