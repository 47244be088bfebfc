"""Contract values with sensible defaults: a test names only what it is about."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from viral_forge_resources.contracts.media_ports import FetchLimits
from viral_forge_resources.contracts.publishing import (
    Approval,
    Channel,
    PostMetric,
    PostText,
    Publication,
    PublicationState,
)
from viral_forge_resources.contracts.records import (
    Artefact,
    ArtefactKind,
    Candidate,
    CandidateStatus,
    CheckResult,
    Clip,
)
from viral_forge_resources.contracts.rights import RightsRecord
from viral_forge_resources.contracts.scanning import Niche, ScannedVideo, ScanOutcome, ScanState
from viral_forge_resources.contracts.studio import Studio
from viral_forge_resources.state import artefacts, candidates, channels
from viral_forge_resources.state import publications as outbox

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = "cooking:inbox:pasta-1a2b3c4d"
CHANNEL = "folder:main"


def sha256(text: str) -> str:
    """A content hash that stands for ``text``."""
    return hashlib.sha256(text.encode()).hexdigest()


def niche(**changes: Any) -> Niche:
    """The niche ``cooking``."""
    return Niche(**{"name": "cooking", **changes})


def scanned_video(**changes: Any) -> ScannedVideo:
    """A video of the inbox that its owner licensed freely."""
    values = {
        "platform": "inbox",
        "platform_video_id": "pasta-1a2b3c4d",
        "locator": "/inbox/pasta.mp4",
        "title": "Pasta in five minutes",
        "seen_at": NOW,
        "licence": "CC-BY-4.0",
        "licence_evidence": "pasta.json",
    }
    return ScannedVideo(**{**values, **changes})


def scan_outcome(**changes: Any) -> ScanOutcome:
    """A scan of the inbox that found one video."""
    values = {
        "niche": "cooking",
        "platform": "inbox",
        "scanned_at": NOW,
        "state": ScanState.FOUND,
        "found": 1,
    }
    return ScanOutcome(**{**values, **changes})


def rights_record(**changes: Any) -> RightsRecord:
    """The operator's own word that the default video is theirs."""
    values = {
        "rights_id": "right-1",
        "platform": "inbox",
        "platform_video_id": "pasta-1a2b3c4d",
        "licence": "LicenseRef-Own",
        "evidence": "pasta.json",
        "recorded_by": "operator",
        "recorded_at": NOW - timedelta(days=1),
    }
    return RightsRecord(**{**values, **changes})


def candidate(**changes: Any) -> Candidate:
    """A shortlisted candidate; ``candidate_key`` alone sets niche, platform and id too."""
    key = changes.get("candidate_key", KEY)
    niche_name, platform, video_id = key.split(":")
    values = {
        "candidate_key": key,
        "niche": niche_name,
        "platform": platform,
        "platform_video_id": video_id,
        "locator": f"/inbox/{video_id}.mp4",
        "title": "Pasta in five minutes",
        "status": CandidateStatus.SHORTLISTED,
        "decided_at": NOW,
        "reason": "chosen by hand",
        "rights_id": "right-1",
    }
    return Candidate(**{**values, **changes})


def artefact(**changes: Any) -> Artefact:
    """The default candidate's first clip as a stored file."""
    storage_key = changes.get("storage_key", "cooking/inbox/pasta-1a2b3c4d/transform/clip-1.mp4")
    values = {
        "artefact_id": artefacts.artefact_id(storage_key),
        "candidate_key": KEY,
        "kind": ArtefactKind.CLIP,
        "clip_number": 1,
        "storage_key": storage_key,
        "media_type": "video/mp4",
        "sha256": sha256("clip"),
        "size_bytes": 4,
        "recorded_at": NOW,
    }
    return Artefact(**{**values, **changes})


def check_result(**changes: Any) -> CheckResult:
    """A check that passed."""
    return CheckResult(**{"name": "duration", "passed": True, "message": "12.0 s", **changes})


def clip(**changes: Any) -> Clip:
    """The default candidate's first clip, not yet checked."""
    values = {
        "candidate_key": KEY,
        "number": 1,
        "content_sha256": sha256("clip"),
        "storage_key": "cooking/inbox/pasta-1a2b3c4d/transform/clip-1.mp4",
        "recipe": "clean",
        "recipe_hash": sha256("recipe"),
        "plan_hash": sha256("plan"),
        "source_sha256": sha256("source"),
        "rights_id": "right-1",
        "duration_s": 12.0,
        "render_cpu_s": 3.5,
        "rendered_at": NOW,
    }
    return Clip(**{**values, **changes})


def channel(**changes: Any) -> Channel:
    """The folder that clips of ``cooking`` go to."""
    values = {"channel_id": CHANNEL, "publisher": "folder", "name": "main", "niche": "cooking"}
    return Channel(**{**values, **changes})


def post_text(**changes: Any) -> PostText:
    """The words of a post."""
    values = {
        "title": "Pasta in five minutes",
        "description": "Boil, stir, eat.",
        "tags": ("pasta",),
    }
    return PostText(**{**values, **changes})


def publication(**changes: Any) -> Publication:
    """A plan that is due now: the default clip on the default channel."""
    content = changes.get("content_sha256", sha256("clip"))
    channel_id = changes.get("channel_id", CHANNEL)
    values = {
        "publication_id": outbox.publication_id(content, channel_id),
        "candidate_key": KEY,
        "clip_number": 1,
        "content_sha256": content,
        "channel_id": channel_id,
        "state": PublicationState.PLANNED,
        "text": post_text(),
        "due_at": NOW,
        "planned_at": NOW,
    }
    return Publication(**{**values, **changes})


def approval(**changes: Any) -> Approval:
    """The operator's yes to the default clip."""
    values = {
        "content_sha256": sha256("clip"),
        "is_approved": True,
        "decided_by": "operator",
        "decided_at": NOW,
    }
    return Approval(**{**values, **changes})


def post_metric(**changes: Any) -> PostMetric:
    """A hundred views of the default post."""
    values = {
        "publication_id": outbox.publication_id(sha256("clip"), CHANNEL),
        "metric": "views",
        "value": 100.0,
        "unit": "count",
        "as_of": NOW,
        "definition": "studio-export/1",
        "source": "export.csv",
    }
    return PostMetric(**{**values, **changes})


def save_candidate(state: sa.Engine, **changes: Any) -> Candidate:
    """A candidate that state knows."""
    made = candidate(**changes)
    with state.begin() as connection:
        candidates.decide(connection, [made])
    return made


def save_publication(state: sa.Engine, **changes: Any) -> Publication:
    """A publication that state knows, with the candidate and the channel it is for."""
    made = publication(**changes)
    publisher, name = made.channel_id.split(":", 1)
    with state.begin() as connection:
        candidates.decide(connection, [candidate(candidate_key=made.candidate_key)])
        channels.save(
            connection,
            channel(channel_id=made.channel_id, publisher=publisher, name=name),
            now=NOW,
        )
        outbox.plan(connection, made)
    return made


def studio_policy() -> Studio:
    """What an operator decided who decided nothing."""
    return Studio(
        recipe="clean",
        requires_approval=True,
        fetch_limits=FetchLimits(max_bytes=1, max_duration_s=1, max_pixels=1, deadline_s=1),
        console_url="http://127.0.0.1:3001",
    )
