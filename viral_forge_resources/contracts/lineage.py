"""What a post's numbers come from."""

from dataclasses import dataclass
from datetime import datetime

from viral_forge_resources.contracts.publishing import PublicationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """One post, back to its source and the right to it. What is not known is None.

    Attributes:
        recipe: and all else of the clip: None where it was rendered anew since it was posted.
        plan_key: where the edit plan lies in storage.
        transcript_key: where every word of the source lies.
        transcript_part_key: where those that are heard in the clip lie, as subtitles.
        score: that the candidate was chosen by.
        cost_usd: of all that has a price: the clip's own, and its even share of what all clips
            of the candidate needed; None where the clip is no longer made, or nothing has a price.
        costs_unpriced: how many costs are not in it.
        revenue: the newest number that its platform told, in ``revenue_currency``.
    """

    publication_id: str
    state: PublicationState
    channel_id: str
    post_id: str | None
    post_url: str | None
    published_at: datetime | None
    title: str
    candidate_key: str
    clip_number: int
    content_sha256: str
    recipe: str | None
    recipe_hash: str | None
    plan_hash: str | None
    duration_s: float | None
    rendered_at: datetime | None
    source_sha256: str | None
    plan_key: str | None
    transcript_key: str
    transcript_part_key: str | None
    niche: str
    source_platform: str
    source_title: str
    source_author: str | None
    source_page_url: str | None
    score: float | None
    rights_id: str | None
    licence: str | None
    holder: str | None
    evidence: str | None
    recorded_by: str | None
    recorded_at: datetime | None
    revoked_at: datetime | None
    cost_usd: float | None
    costs_unpriced: int
    revenue: float | None
    revenue_currency: str | None
