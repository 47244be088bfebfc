"""Posts as people read them in tables: their state in words, times with their zone, a link."""

from datetime import datetime
from urllib.parse import quote

import dagster as dg

from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.contracts.web import is_web_address

_S = PublicationState
_WORDS = {
    _S.PLANNED: "waiting for approval",
    _S.APPROVED: "approved, waiting for its time",
    _S.SUBMITTING: "being sent",
    _S.PROCESSING: "sent, the platform works on it",
    _S.UNKNOWN: "unknown: may be live, is looked up",
    _S.PUBLISHED: "published",
    _S.REJECTED: "refused",
    _S.WITHDRAWN: "withdrawn, never posted",
    _S.RETRACTED: "taken down",
}
_MEANT = ":/?#@!$&'*+,;=%~"


def state_words(state: PublicationState) -> str:
    """The state as somebody says it who has not read about state machines."""
    return _WORDS[state]


def moment(at: datetime) -> str:
    """To the minute, with the zone."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def link(url: str | None) -> dg.UrlMetadataValue | str | None:
    """What a click opens, where it is an address of the web; else the text.

    Platforms say the address: nothing in it ends the link.
    """
    if url is None or not is_web_address(url):
        return url
    return dg.MetadataValue.url(quote(url, safe=_MEANT))


def when(row: Publication) -> str:
    """When it went out, or is to."""
    if row.published_at is not None:
        return f"posted {moment(row.published_at)}"
    return f"due {moment(row.due_at)}"
