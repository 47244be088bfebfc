"""What state remembers of candidates, their files and their clips."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class CandidateStatus(StrEnum):
    """What became of a video that a scan brought."""

    REFUSED = "refused"
    SHORTLISTED = "shortlisted"
    FAILED = "failed"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePart:
    """One part of our score of a video; the score is ours, no platform's.

    Attributes:
        value: in [0, 1); None where it cannot be computed.
        weight: its share in the score, in [0, 1].
        why: the figures that it was computed from, or why there is none.
    """

    name: str
    value: float | None
    weight: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Why a candidate stands where it does, and what finding out cost.

    Attributes:
        score: in [0, 1), what candidates are ordered by.
        reasons: for people.
        ranked_by: ``score`` alone, or the provider of the model that had a word in it.
        model: None where no model was asked.
        cost_usd: this candidate's share of the call; None where no price is set.
        fallen_through: providers that were asked before, each with why it gave no answer.
    """

    score: float
    reasons: tuple[str, ...]
    ranked_by: str
    model: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None
    fallen_through: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A video that was considered for editing.

    Attributes:
        candidate_key: ``<niche>:<platform>:<id>``, the partition key.
        reason: why it has its status, for people.
        remedy: what would change that; None where nothing needs to.
        score: our deterministic score in [0, 1); None where nothing can be computed.
        score_parts: what it was made of.
        weights_version: of the weights that the parts were added with; None: those that come with
            the studio.
        ranking: what it was ordered by in the end; None where a person chose it.
        rights_id: the ledger row that allows it.
        source_sha256: content hash of its source video once it is here.
    """

    candidate_key: str
    niche: str
    platform: str
    platform_video_id: str
    locator: str
    title: str
    status: CandidateStatus
    decided_at: datetime
    reason: str
    remedy: str | None = None
    author: str | None = None
    page_url: str | None = None
    subtitles: str | None = None
    score: float | None = None
    score_parts: tuple[ScorePart, ...] = ()
    weights_version: int | None = None
    ranking: Ranking | None = None
    rights_id: str | None = None
    source_sha256: str | None = None


class ArtefactKind(StrEnum):
    """What a recorded file is."""

    SOURCE = "source"
    SOURCE_SHEET = "source_sheet"
    CLIP = "clip"
    CLIP_SHEET = "clip_sheet"
    COVER = "cover"
    SUBTITLES = "subtitles"
    TIMELINE = "timeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A stored file that people may look at; the console serves these and nothing else.

    Attributes:
        artefact_id: short, made of the storage key: stands in the console's addresses.
        clip_number: None for files of the source.
    """

    artefact_id: str
    candidate_key: str
    kind: ArtefactKind
    clip_number: int | None
    storage_key: str
    media_type: str
    sha256: str
    size_bytes: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check said of one clip."""

    name: str
    passed: bool
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A work that a clip holds besides its source; the rights ledger knows it by platform and id.

    Attributes:
        role: what it is in the clip, for people, such as ``music``.
        author: whom an attribution names; ``page_url`` is where it shows the work.
    """

    role: str
    platform: str
    platform_video_id: str
    title: str
    author: str | None = None
    page_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """One rendered clip as it is now; a new render replaces the row, its checks fall away.

    Attributes:
        checks: empty until the clip was checked.
    """

    candidate_key: str
    number: int
    content_sha256: str
    storage_key: str
    recipe: str
    recipe_hash: str
    plan_hash: str
    source_sha256: str
    rights_id: str
    duration_s: float
    render_cpu_s: float
    rendered_at: datetime
    checks: tuple[CheckResult, ...] = ()
    materials: tuple[Material, ...] = ()
