"""What an address of a video names, however it is written."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

_TRACKING = re.compile(r"utm_.*|fbclid|gclid|igsh(?:id)?|feature|pp|ref(?:_.*)?|share.*|si|t|src")
_HOST_PREFIX = re.compile(r"^(?:www|m|mobile|old|new|vm)\.")
_ID = r"(?P<id>[A-Za-z0-9_-]+)"
_SITES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (rf"youtube(?:-nocookie)?\.com/(?:shorts|embed|live|v)/{_ID}", "youtube"),
        (rf"youtu\.be/{_ID}", "youtube"),
        (rf"dailymotion\.com/(?:embed/)?video/{_ID}", "dailymotion"),
        (rf"dai\.ly/{_ID}", "dailymotion"),
        (rf"(?:player\.)?vimeo\.com/(?:video/|channels/[^/]+/)?{_ID}", "vimeo"),
        (rf"tiktok\.com/@[^/]*/video/{_ID}", "tiktok"),
        (rf"(?:twitter|x)\.com/[^/]+/status/{_ID}", "x"),
        (rf"instagram\.com/(?:[^/]+/)?(?:p|reels?|tv)/{_ID}", "instagram"),
        (rf"reddit\.com/(?:r/[^/]+/)?comments/{_ID}", "reddit"),
        (r"archive\.org/(?:details|download|embed)/(?P<id>[^/]+)", "internet_archive"),
    )
)


def canonical_address(address: str) -> str | None:
    """The video that ``address`` names; None where it is no web address.

    Two spellings of one address give the same: mobile pages, short links that carry the id,
    players, tracking parameters.
    """
    try:
        parts = urlsplit(address)
        host = _HOST_PREFIX.sub("", parts.hostname or "")
    except ValueError:  # such as a bracket that never closes
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    query = dict(parse_qsl(parts.query))
    if host in {"youtube.com", "youtube-nocookie.com"} and parts.path == "/watch" and "v" in query:
        return f"youtube:{query['v']}"
    for pattern, site in _SITES:
        match = pattern.match(f"{host}{parts.path}")
        if match is not None:
            return f"{site}:{match['id']}"
    kept = sorted(pair for pair in query.items() if _TRACKING.fullmatch(pair[0]) is None)
    return f"{host}{parts.path.rstrip('/')}" + (f"?{urlencode(kept)}" if kept else "")
