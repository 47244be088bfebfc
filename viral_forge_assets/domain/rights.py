"""May a video be used? Read from the rights ledger; what it does not allow is refused."""

import shlex
from collections.abc import Iterable
from datetime import datetime

from viral_forge_resources.contracts.keys import short_hash
from viral_forge_resources.contracts.licences import PERMISSION, Licence, find_licence
from viral_forge_resources.contracts.rights import RightsRecord, RightsVerdict
from viral_forge_resources.contracts.scanning import ScannedVideo

_NO_RECORD = "no licence is known"


def rights_verdict(
    records: Iterable[RightsRecord],
    *,
    now: datetime,
    candidate_key: str,
    title: str,
    author: str | None,
    page_url: str | None,
    is_monetised: bool = True,
    publisher: str | None = None,
) -> RightsVerdict:
    """Whether some record allows a changed copy for that use; the newest that does is named.

    Args:
        records: what the ledger says of the video.
        now: when it is to be used.
        candidate_key: for the command that would clear it.
        title: with ``author`` and ``page_url`` for the attribution.
        author: see ``title``.
        page_url: see ``title``.
        is_monetised: the copy is to earn money.
        publisher: where it is to go; None asks about making it, not about posting it.

    Rights add up: an ended or unknown licence takes nothing from an older one that still holds.
    A revocation does: nothing recorded before a revoked record counts any more, so withdrawing
    the newest right never brings back an older one. Recording a right anew clears that.
    """
    reason: str | None = None
    licence: Licence | None = None
    for record in sorted(records, key=_age, reverse=True):
        found = find_licence(record.licence)
        objection = _objection(
            record, found, now=now, is_monetised=is_monetised, publisher=publisher
        )
        if objection is None and found is not None:
            return _allowed(record, found, title=title, author=author, page_url=page_url)
        if reason is None:
            reason, licence = objection, found
        if record.revoked_at is not None:
            break
    return RightsVerdict(
        is_allowed=False,
        reason=reason or _NO_RECORD,
        remedy=_remedy(candidate_key, licence, is_monetised=is_monetised),
        licence=licence.spdx_id if licence else None,
    )


def record_from_sidecar(video: ScannedVideo, *, now: datetime) -> RightsRecord | None:
    """The ledger row for the licence that came with the video; None if none came.

    The same statement always makes the same row, so that a revoked one stays revoked however
    often it is read again. Words that name no known licence are kept as they are: a verdict
    quotes them.
    """
    words = (video.licence_spdx or video.licence or "").strip()
    if not words:
        return None
    licence = find_licence(words)
    name = licence.spdx_id if licence else words
    evidence = video.licence_evidence or f"listed on {video.platform}"
    return RightsRecord(
        rights_id=short_hash(video.platform, video.platform_video_id, name, evidence),
        platform=video.platform,
        platform_video_id=video.platform_video_id,
        licence=name,
        evidence=evidence,
        recorded_by=_scan_of(video.platform),
        recorded_at=now,
        holder=video.author,
        source_url=video.page_url,
    )


def is_stated_by_hand(record: RightsRecord) -> bool:
    """Whether a person stated the right, not a scan."""
    return record.recorded_by != _scan_of(record.platform)


def _scan_of(platform: str) -> str:
    return f"scan of {platform}"


def _age(record: RightsRecord) -> tuple[datetime, bool, str]:
    return record.recorded_at, record.revoked_at is not None, record.rights_id


def _objection(
    record: RightsRecord,
    licence: Licence | None,
    *,
    now: datetime,
    is_monetised: bool,
    publisher: str | None,
) -> str | None:
    """Why the record does not allow that use now; None if it does."""
    if record.revoked_at is not None:
        return f"the right to it was withdrawn on {record.revoked_at:%Y-%m-%d}"
    if record.expires_at is not None and record.expires_at <= now:
        return f"the right to it ended on {record.expires_at:%Y-%m-%d}"
    if licence is None:
        return f"'{_line(record.licence)}' is no licence that viral_forge knows"
    return _limit_of(record, licence, is_monetised=is_monetised, publisher=publisher) or (
        _refusal_of(licence, is_monetised=is_monetised)
    )


def _limit_of(
    record: RightsRecord, licence: Licence, *, is_monetised: bool, publisher: str | None
) -> str | None:
    """What this record leaves out of what its licence allows."""
    if licence.spdx_id == PERMISSION and not record.evidence.strip():
        return "a permission was recorded without saying who gave it and where"
    if publisher is not None and record.platforms and publisher not in record.platforms:
        return f"the right to it covers {', '.join(record.platforms)}, not {publisher}"
    if is_monetised and not record.may_monetise:
        return "the right to it was given without commercial use"
    return None


def _refusal_of(licence: Licence, *, is_monetised: bool) -> str | None:
    if is_monetised and not licence.may_monetise:
        return f"{licence.label} forbids commercial use"
    if not licence.may_derive:
        return f"{licence.label} forbids changed versions"
    return None


def _remedy(candidate_key: str, licence: Licence | None, *, is_monetised: bool) -> str:
    name, evidence = "LICENCE", "WHERE IT IS STATED"
    if licence is not None and _refusal_of(licence, is_monetised=is_monetised) is not None:
        name, evidence = PERMISSION, "WHO PERMITTED IT, WHEN AND WHERE"
    key = shlex.quote(candidate_key)
    return f'viral-forge rights add {key} --licence {name} --evidence "{evidence}"'


def _allowed(
    record: RightsRecord,
    licence: Licence,
    *,
    title: str,
    author: str | None,
    page_url: str | None,
) -> RightsVerdict:
    attribution = None
    if licence.needs_attribution:
        attribution = _attribution(
            licence,
            title=title,
            author=record.holder or author,
            url=record.source_url or page_url,
        )
    return RightsVerdict(
        is_allowed=True,
        reason=f"{licence.label}: {_line(record.evidence)}",
        rights_id=record.rights_id,
        licence=licence.spdx_id,
        attribution=attribution,
        may_download=True,  # every licence that we know permits a copy
        may_derive=licence.may_derive,
        may_monetise=licence.may_monetise and record.may_monetise,
        platforms=record.platforms,
    )


def _attribution(licence: Licence, *, title: str, author: str | None, url: str | None) -> str:
    """Title, author, source, licence and the fact of change, as far as they are known.

    Source: https://creativecommons.org/licenses/by/4.0/legalcode.en#s3a
    """
    work = f'"{_line(title)}"'
    by = f" by {_line(author)}" if author else ""
    source = f" ({url})" if url else ""
    terms = f"{licence.label} ({licence.url})" if licence.url else licence.label
    shared = ", shared under the same licence" if licence.is_share_alike else ""
    return f"{work}{by}{source}, {terms}, changes were made{shared}"


def _line(text: str) -> str:
    return " ".join(text.split())
