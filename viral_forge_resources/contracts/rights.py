"""The rights ledger's nouns."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsRecord:
    """One line of the append-only ledger: a licence for one video, and how we know.

    Attributes:
        rights_id: stable id; a clip carries the id of the record it was made under.
        licence: SPDX id; ``LicenseRef-Own`` is the operator's own material.
        evidence: where it was read, or who said so.
        holder: whom an attribution names.
        platforms: publishers that it covers; none named covers all of them.
        may_monetise: False where a permission leaves commercial use out; no record gives more
            than its licence does.
        expires_at: None lasts.
        revoked_at: None is in force; a revoked record never comes back.
    """

    rights_id: str
    platform: str
    platform_video_id: str
    licence: str
    evidence: str
    recorded_by: str
    recorded_at: datetime
    holder: str | None = None
    source_url: str | None = None
    platforms: tuple[str, ...] = ()
    may_monetise: bool = True
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RightsVerdict:
    """May this video be downloaded, changed and posted?

    Attributes:
        is_allowed: all of that, for the use that was asked about; the next three say it in parts.
        platforms: publishers that may get it; none named means all of them.
        reason: why (not), for people.
        remedy: the command that would clear it; None where it is allowed.
        rights_id: the record that allows it.
        attribution: text owed beside every use; None where none is owed.
    """

    is_allowed: bool
    reason: str
    remedy: str | None = None
    rights_id: str | None = None
    licence: str | None = None
    attribution: str | None = None
    may_download: bool = False
    may_derive: bool = False
    may_monetise: bool = False
    platforms: tuple[str, ...] = ()
