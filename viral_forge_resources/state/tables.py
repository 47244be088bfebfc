"""The tables of the state database; one module of statements stands beside this for each."""

import sqlalchemy as sa

from viral_forge_resources.contracts.calibration import WeightsState
from viral_forge_resources.contracts.disclosures import Flag
from viral_forge_resources.contracts.experiments import Arm, Reason, Rules, VariantKind
from viral_forge_resources.contracts.likeness import ClipPrint
from viral_forge_resources.contracts.oauth import AccountState
from viral_forge_resources.contracts.publishing import MAY_BE_LIVE, Disclosure, PublicationState
from viral_forge_resources.contracts.records import (
    ArtefactKind,
    CandidateStatus,
    CheckResult,
    Material,
    Ranking,
    ScorePart,
)
from viral_forge_resources.contracts.retraction import RetractionState
from viral_forge_resources.contracts.rhythm import Rhythm
from viral_forge_resources.contracts.scanning import NichePolicy, ScanState, SkipCause
from viral_forge_resources.contracts.snapshots import SnapshotState
from viral_forge_resources.contracts.submission import StepState
from viral_forge_resources.contracts.trends import ProposalState, TrendKind
from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.state.columns import (
    JsonDocument,
    OutsideText,
    TextTuple,
    UtcDateTime,
    enum_type,
)

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

_KEY = sa.String(126)  # 40 + 20 + 64 characters and two colons
_NICHE = sa.String(40)
_PLATFORM = sa.String(20)
_VIDEO_ID = sa.String(64)
_CHANNEL = sa.String(200)
_SHA256 = sa.String(64)
_SHORT_ID = sa.String(64)
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PROSE = OutsideText(4_000)
_TITLE = OutsideText(2_000)

niches = sa.Table(
    "niches",
    metadata,
    sa.Column("name", _NICHE, primary_key=True),
    sa.Column("queries", TextTuple, nullable=False),
    sa.Column("recipe", sa.String(100)),
    sa.Column("watched", JsonDocument(dict[str, tuple[str, ...]]), nullable=False),
    sa.Column("policy", JsonDocument(NichePolicy), nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
)

sightings = sa.Table(
    "sightings",
    metadata,
    sa.Column("sighting_id", _SERIAL, primary_key=True),
    sa.Column("niche", _NICHE, nullable=False),
    sa.Column("platform", _PLATFORM, nullable=False),
    sa.Column("platform_video_id", _VIDEO_ID, nullable=False),
    sa.Column("seen_at", UtcDateTime, nullable=False),
    sa.Column("locator", OutsideText, nullable=False),
    sa.Column("title", _TITLE, nullable=False),
    sa.Column("author", _TITLE),
    sa.Column("author_id", _TITLE),
    sa.Column("page_url", OutsideText),
    sa.Column("thumbnail_url", OutsideText),
    sa.Column("licence", _TITLE),
    sa.Column("licence_spdx", sa.String(100)),
    sa.Column("licence_evidence", _PROSE),
    sa.Column("subtitles", OutsideText),
    sa.Column("published_at", UtcDateTime),
    sa.Column("duration_s", sa.Double),
    sa.Column("language", sa.String(40)),
    sa.Column("tags", TextTuple, nullable=False),
    sa.Column("views", sa.BigInteger),
    sa.Column("likes", sa.BigInteger),
    sa.Column("comments", sa.BigInteger),
    sa.Column("shares", sa.BigInteger),
    sa.Column("sound", JsonDocument(UsedSound)),
    sa.Column("is_hand_picked", sa.Boolean, nullable=False),
    sa.UniqueConstraint("niche", "platform", "platform_video_id", "seen_at"),
    sa.Index(None, "platform", "seen_at"),
)

scan_outcomes = sa.Table(
    "scan_outcomes",
    metadata,
    sa.Column("scan_outcome_id", _SERIAL, primary_key=True),
    sa.Column("niche", _NICHE, nullable=False),
    sa.Column("platform", _PLATFORM, nullable=False),
    sa.Column("scanned_at", UtcDateTime, nullable=False),
    sa.Column("state", enum_type(ScanState, constraint="state"), nullable=False),
    sa.Column("found", sa.Integer),
    sa.Column("skip", enum_type(SkipCause, constraint="skip")),
    sa.Column("error", sa.String(100)),
    sa.Column("reason", _PROSE),
    sa.Column("took_s", sa.Double),
    sa.CheckConstraint("(state = 'found') = (found IS NOT NULL)", name="only_found_has_a_count"),
    sa.Index(None, "niche", "platform", "scanned_at"),
)

rights = sa.Table(
    "rights",
    metadata,
    sa.Column("rights_id", _SHORT_ID, primary_key=True),
    sa.Column("platform", _PLATFORM, nullable=False),
    sa.Column("platform_video_id", _VIDEO_ID, nullable=False),
    sa.Column("licence", _TITLE, nullable=False),
    sa.Column("evidence", OutsideText, nullable=False),
    sa.Column("recorded_by", _TITLE, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Column("holder", _TITLE),
    sa.Column("source_url", OutsideText),
    sa.Column("platforms", TextTuple, nullable=False),
    sa.Column("may_monetise", sa.Boolean, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("revoked_at", UtcDateTime),
    sa.Index(None, "platform", "platform_video_id"),
)

candidates = sa.Table(
    "candidates",
    metadata,
    sa.Column("candidate_key", _KEY, primary_key=True),
    sa.Column("niche", _NICHE, nullable=False),
    sa.Column("platform", _PLATFORM, nullable=False),
    sa.Column("platform_video_id", _VIDEO_ID, nullable=False),
    sa.Column("locator", OutsideText, nullable=False),
    sa.Column("title", _TITLE, nullable=False),
    sa.Column("status", enum_type(CandidateStatus, constraint="status"), nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("reason", _PROSE, nullable=False),
    sa.Column("remedy", _PROSE),
    sa.Column("author", _TITLE),
    sa.Column("page_url", OutsideText),
    sa.Column("subtitles", OutsideText),
    sa.Column("score", sa.Double),
    sa.Column("score_parts", JsonDocument(tuple[ScorePart, ...]), nullable=False),
    sa.Column("weights_version", sa.BigInteger),  # NULL: the weights that come with the studio
    sa.Column("ranking", JsonDocument(Ranking)),
    sa.Column("rights_id", _SHORT_ID),
    sa.Column("source_sha256", _SHA256),
    sa.CheckConstraint("score >= 0 AND score < 1", name="score_in_range"),
    sa.UniqueConstraint("niche", "source_sha256"),
    sa.Index(None, "status", "decided_at"),
)

artefacts = sa.Table(
    "artefacts",
    metadata,
    sa.Column("artefact_id", sa.String(16), primary_key=True),
    sa.Column("candidate_key", _KEY, sa.ForeignKey("candidates.candidate_key"), nullable=False),
    sa.Column("kind", enum_type(ArtefactKind, constraint="kind"), nullable=False),
    sa.Column("clip_number", sa.Integer),
    sa.Column("storage_key", sa.String(500), nullable=False, unique=True),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("sha256", _SHA256, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("recorded_at", UtcDateTime, nullable=False),
    sa.Index(None, "candidate_key"),
)

clips = sa.Table(
    "clips",
    metadata,
    sa.Column("candidate_key", _KEY, sa.ForeignKey("candidates.candidate_key"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content_sha256", _SHA256, nullable=False),
    sa.Column("storage_key", sa.String(500), nullable=False),
    sa.Column("recipe", sa.String(100), nullable=False),
    sa.Column("recipe_hash", _SHA256, nullable=False),
    sa.Column("plan_hash", _SHA256, nullable=False),
    sa.Column("source_sha256", _SHA256, nullable=False),
    sa.Column("rights_id", _SHORT_ID, nullable=False),
    sa.Column("duration_s", sa.Double, nullable=False),
    sa.Column("render_cpu_s", sa.Double, nullable=False),
    sa.Column("rendered_at", UtcDateTime, nullable=False),
    sa.Column("checks", JsonDocument(tuple[CheckResult, ...]), nullable=False),
    sa.Column("materials", JsonDocument(tuple[Material, ...]), nullable=False),
    sa.Index(None, "content_sha256"),
    sa.Index(None, "rendered_at"),
)

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("channel_id", _CHANNEL, primary_key=True),
    sa.Column("publisher", sa.String(40), nullable=False),
    sa.Column("name", sa.String(150), nullable=False),
    sa.Column("niche", _NICHE, nullable=False),
    sa.Column("rhythm", JsonDocument(Rhythm)),
    sa.Column("saved_at", UtcDateTime, nullable=False),
    sa.Column("removed_at", UtcDateTime),
    sa.Index(None, "niche"),
)

oauth_tokens = sa.Table(
    "oauth_tokens",
    metadata,
    sa.Column("channel_id", _CHANNEL, sa.ForeignKey("channels.channel_id"), primary_key=True),
    sa.Column("platform", _PLATFORM, nullable=False),
    sa.Column("account_id", sa.String(200), nullable=False),
    sa.Column("account_name", _TITLE, nullable=False),
    sa.Column("grantor_id", sa.String(200), nullable=False),
    sa.Column("state", enum_type(AccountState, constraint="state"), nullable=False),
    sa.Column("reason", _PROSE),
    sa.Column("scopes", TextTuple, nullable=False),
    sa.Column("missing_scopes", TextTuple, nullable=False),
    sa.Column("connected_at", UtcDateTime, nullable=False),
    sa.Column("issued_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("refresh_expires_at", UtcDateTime),
    sa.Column("has_refresh_token", sa.Boolean, nullable=False),
    sa.Column("refreshing_since", UtcDateTime),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("key_id", sa.String(8), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.CheckConstraint("state = 'connected' OR reason IS NOT NULL", name="ended_has_a_reason"),
    sa.UniqueConstraint("platform", "account_id"),
)

pending_logins = sa.Table(
    "pending_logins",
    metadata,
    sa.Column("state_sha256", _SHA256, primary_key=True),
    sa.Column("channel_id", _CHANNEL, nullable=False),
    sa.Column("publisher", sa.String(40), nullable=False),
    sa.Column("name", sa.String(150), nullable=False),
    sa.Column("niche", _NICHE, nullable=False),
    sa.Column("redirect_uri", OutsideText, nullable=False),
    sa.Column("browser_sha256", _SHA256),
    sa.Column("account_id", sa.String(200)),
    sa.Column("is_replacing", sa.Boolean, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("key_id", sa.String(8), nullable=False),
    sa.Index(None, "expires_at"),
)

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("publication_id", _SHORT_ID, primary_key=True),
    sa.Column("candidate_key", _KEY, sa.ForeignKey("candidates.candidate_key"), nullable=False),
    sa.Column("clip_number", sa.Integer, nullable=False),
    sa.Column("content_sha256", _SHA256, nullable=False),
    sa.Column("channel_id", _CHANNEL, sa.ForeignKey("channels.channel_id"), nullable=False),
    sa.Column("state", enum_type(PublicationState, constraint="state"), nullable=False),
    sa.Column("title", OutsideText, nullable=False),
    sa.Column("description", OutsideText, nullable=False),
    sa.Column("tags", TextTuple, nullable=False),
    sa.Column("attribution", OutsideText),
    sa.Column("written_by", _TITLE),
    sa.Column("title_style", sa.String(20)),
    sa.Column("disclosure", JsonDocument(Disclosure)),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("planned_at", UtcDateTime, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("approved_at", UtcDateTime),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("claimed_by", sa.String(200)),
    sa.Column("claimed_at", UtcDateTime),
    sa.Column("receipt", OutsideText),
    sa.Column("post_id", OutsideText),
    sa.Column("post_url", OutsideText),
    sa.Column("published_at", UtcDateTime),
    sa.Column("reason", _PROSE),
    sa.UniqueConstraint("content_sha256", "channel_id"),
    sa.CheckConstraint(
        "(state = 'submitting') = (lease_until IS NOT NULL)", name="only_submitting_has_a_lease"
    ),
    sa.Index(None, "state", "due_at"),
    sa.Index(None, "channel_id", "state"),
    sa.Index(None, "candidate_key"),
    sa.Index(None, "post_id", postgresql_using="hash"),
    sa.Index(None, "post_url", postgresql_using="hash"),
)

_IS_LIVE = publications.c.state.in_(sorted(MAY_BE_LIVE))
sa.Index(
    "uq_publications_live_clip",
    publications.c.candidate_key,
    publications.c.clip_number,
    publications.c.channel_id,
    unique=True,
    sqlite_where=_IS_LIVE,
    postgresql_where=_IS_LIVE,
)

_IS_SUBMITTING = publications.c.state == PublicationState.SUBMITTING
sa.Index(
    "uq_publications_submitting_channel",
    publications.c.channel_id,
    unique=True,
    sqlite_where=_IS_SUBMITTING,
    postgresql_where=_IS_SUBMITTING,
)

publication_sessions = sa.Table(
    "publication_sessions",
    metadata,
    sa.Column(
        "publication_id",
        _SHORT_ID,
        sa.ForeignKey("publications.publication_id"),
        primary_key=True,
    ),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("saved_at", UtcDateTime, nullable=False),
)

publication_steps = sa.Table(
    "publication_steps",
    metadata,
    sa.Column(
        "publication_id",
        _SHORT_ID,
        sa.ForeignKey("publications.publication_id"),
        primary_key=True,
    ),
    sa.Column("step", sa.String(40), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("state", enum_type(StepState, constraint="state"), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("reason", _PROSE),
    sa.Index(None, "state", "due_at"),
)

retractions = sa.Table(
    "retractions",
    metadata,
    sa.Column(
        "publication_id",
        _SHORT_ID,
        sa.ForeignKey("publications.publication_id"),
        primary_key=True,
    ),
    sa.Column("asked_by", _TITLE, nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("why", _PROSE, nullable=False),
    sa.Column("state", enum_type(RetractionState, constraint="state"), nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("outcome", _PROSE),
    sa.Column("done_at", UtcDateTime),
    sa.Index(None, "state", "due_at"),
)

disclosure_changes = sa.Table(
    "disclosure_changes",
    metadata,
    sa.Column("disclosure_change_id", _SERIAL, primary_key=True),
    sa.Column("content_sha256", _SHA256, nullable=False),
    sa.Column("publication_id", _SHORT_ID),
    sa.Column("flag", enum_type(Flag, constraint="flag"), nullable=False),
    sa.Column("is_told", sa.Boolean, nullable=False),
    sa.Column("decided_by", _TITLE, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("why", _PROSE),
    sa.CheckConstraint("is_told OR why IS NOT NULL", name="removal_has_a_reason"),
    sa.Index(None, "content_sha256"),
)

channel_halts = sa.Table(
    "channel_halts",
    metadata,
    sa.Column("channel_halt_id", _SERIAL, primary_key=True),
    sa.Column("channel_id", _CHANNEL, sa.ForeignKey("channels.channel_id"), nullable=False),
    sa.Column("halted_at", UtcDateTime, nullable=False),
    sa.Column("reason", _PROSE, nullable=False),
    sa.Column("publication_id", _SHORT_ID, nullable=False),
    sa.Column("resumed_at", UtcDateTime),
    sa.Column("resumed_by", _TITLE),
    sa.Column("note", _PROSE),
    sa.CheckConstraint("(resumed_at IS NULL) = (note IS NULL)", name="resumed_with_note"),
)

_IS_HALTED = channel_halts.c.resumed_at.is_(None)
sa.Index(
    "uq_channel_halts_open",
    channel_halts.c.channel_id,
    unique=True,
    sqlite_where=_IS_HALTED,
    postgresql_where=_IS_HALTED,
)

clip_prints = sa.Table(
    "clip_prints",
    metadata,
    sa.Column("content_sha256", _SHA256, primary_key=True),
    sa.Column("likeness", JsonDocument(ClipPrint), nullable=False),
    sa.Column("taken_at", UtcDateTime, nullable=False),
)

approvals = sa.Table(
    "approvals",
    metadata,
    sa.Column("approval_id", _SERIAL, primary_key=True),
    sa.Column("content_sha256", _SHA256, nullable=False),
    sa.Column("is_approved", sa.Boolean, nullable=False),
    sa.Column("decided_by", _TITLE, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
    sa.Column("note", _PROSE),
    sa.Index(None, "content_sha256", "decided_at"),
)

post_metrics = sa.Table(
    "post_metrics",
    metadata,
    sa.Column("post_metric_id", _SERIAL, primary_key=True),
    sa.Column(
        "publication_id",
        _SHORT_ID,
        sa.ForeignKey("publications.publication_id"),
        nullable=False,
    ),
    sa.Column("metric", sa.String(100), nullable=False),
    sa.Column("value", sa.Double),
    sa.Column("unit", sa.String(20), nullable=False),
    sa.Column("as_of", UtcDateTime, nullable=False),
    sa.Column("definition", _TITLE, nullable=False),
    sa.Column("source", _TITLE, nullable=False),
    sa.Column("reason", _PROSE),
    sa.CheckConstraint("value IS NOT NULL OR reason IS NOT NULL", name="absent_has_a_reason"),
    sa.UniqueConstraint("publication_id", "metric", "as_of", "source"),
)

metric_snapshots = sa.Table(
    "metric_snapshots",
    metadata,
    sa.Column(
        "publication_id",
        _SHORT_ID,
        sa.ForeignKey("publications.publication_id"),
        primary_key=True,
    ),
    sa.Column("age_hours", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("channel_id", _CHANNEL, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),
    sa.Column("state", enum_type(SnapshotState, constraint="state"), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("taken_at", UtcDateTime),
    sa.Column("reason", _PROSE),
    sa.CheckConstraint(
        "(state = 'taken') = (taken_at IS NOT NULL)", name="only_taken_has_a_moment"
    ),
)

_IS_WAITING = sa.text("state = 'waiting'")
sa.Index(
    "ix_metric_snapshots_waiting",
    metric_snapshots.c.due_at,
    metric_snapshots.c.publication_id,
    metric_snapshots.c.age_hours,
    metric_snapshots.c.channel_id,
    metric_snapshots.c.attempts,
    metric_snapshots.c.state,  # SQLite looks at it even where the index says it
    sqlite_where=_IS_WAITING,
    postgresql_where=_IS_WAITING,
)

quota_ledger = sa.Table(
    "quota_ledger",
    metadata,
    sa.Column("platform", _PLATFORM, primary_key=True),
    sa.Column("project", sa.String(100), primary_key=True),
    sa.Column("bucket", sa.String(200), primary_key=True),
    sa.Column("slot", UtcDateTime, primary_key=True),
    sa.Column("item", sa.String(200), primary_key=True),
    sa.Column("used", sa.BigInteger, nullable=False),
    sa.Column("limit", sa.BigInteger),  # NULL: the platform documents none
    sa.Column("window", sa.String(10), nullable=False),
    sa.Column("zone", sa.String(60), nullable=False),
    sa.Column("taken_at", UtcDateTime, nullable=False),
)

cost_events = sa.Table(
    "cost_events",
    metadata,
    sa.Column("cost_event_id", _SERIAL, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("provider", sa.String(40), nullable=False),
    sa.Column("model", sa.String(200), nullable=False),
    sa.Column("niche", _NICHE),
    sa.Column("candidate_key", _KEY),
    sa.Column("clip_number", sa.Integer),
    sa.Column("channel_id", _CHANNEL),
    sa.Column("publication_id", _SHORT_ID),
    sa.Column("quantity", sa.Double, nullable=False),
    sa.Column("unit", sa.String(20), nullable=False),
    sa.Column("usd", sa.Double),
    sa.Column("is_estimate", sa.Boolean, nullable=False),
    sa.Column("reason", _PROSE),
    sa.Index(None, "kind", "at"),
    sa.Index(None, "candidate_key"),
    sa.Index(None, "niche", "at"),
    sa.Index(None, "at"),
)

experiments = sa.Table(
    "experiments",
    metadata,
    sa.Column("experiment_id", _SHORT_ID, primary_key=True),
    sa.Column("niche", _NICHE, nullable=False),
    sa.Column("arms", JsonDocument(tuple[Arm, ...]), nullable=False),
    sa.Column("rules", JsonDocument(Rules), nullable=False),
    sa.Column("channel_id", _CHANNEL),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("started_by", _TITLE, nullable=False),
    sa.Column("stopped_at", UtcDateTime),
    sa.Column("stopped_by", _TITLE),
    sa.Column("winner", sa.String(100)),
    sa.Column("note", _PROSE),
    sa.CheckConstraint("(stopped_at IS NULL) = (stopped_by IS NULL)", name="stopped_by_someone"),
    sa.Index(None, "niche"),
)

_IS_DEALING = experiments.c.stopped_at.is_(None)
sa.Index(
    "uq_experiments_open",
    experiments.c.niche,
    unique=True,
    sqlite_where=_IS_DEALING,
    postgresql_where=_IS_DEALING,
)

draws = sa.Table(
    "draws",
    metadata,
    sa.Column(
        "experiment_id", _SHORT_ID, sa.ForeignKey("experiments.experiment_id"), primary_key=True
    ),
    sa.Column("candidate_key", _KEY, sa.ForeignKey("candidates.candidate_key"), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("arm", sa.String(100), nullable=False),
    sa.Column("probability", sa.Double, nullable=False),
    sa.Column("probabilities", JsonDocument(dict[str, float]), nullable=False),
    sa.Column("reason", enum_type(Reason, constraint="reason"), nullable=False),
    sa.Column("posterior", _SHORT_ID, nullable=False),
    sa.Column("seed", sa.String(300), nullable=False),
    sa.Column("drawn_at", UtcDateTime, nullable=False),
    sa.CheckConstraint("probability > 0 AND probability <= 1", name="probability_in_range"),
    sa.UniqueConstraint("experiment_id", "number"),
)

explorations = sa.Table(
    "explorations",
    metadata,
    sa.Column("candidate_key", _KEY, sa.ForeignKey("candidates.candidate_key"), primary_key=True),
    sa.Column(
        "experiment_id", _SHORT_ID, sa.ForeignKey("experiments.experiment_id"), nullable=False
    ),
    sa.Column("probability", sa.Double, nullable=False),
    sa.Column("is_explored", sa.Boolean, nullable=False),
    sa.Column("seed", sa.String(300), nullable=False),
    sa.Column("drawn_at", UtcDateTime, nullable=False),
    sa.CheckConstraint("probability > 0 AND probability <= 1", name="probability_in_range"),
)

variant_tests = sa.Table(
    "variant_tests",
    metadata,
    sa.Column("variant_test_id", _SHORT_ID, primary_key=True),
    sa.Column(
        "publication_id",
        _SHORT_ID,
        sa.ForeignKey("publications.publication_id"),
        nullable=False,
    ),
    sa.Column("kind", enum_type(VariantKind, constraint="kind"), nullable=False),
    sa.Column("variants", TextTuple, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("started_by", _TITLE, nullable=False),
    sa.Column("chosen", _TITLE),
    sa.Column("ended_at", UtcDateTime),
    sa.Column("note", _PROSE),
    sa.Index(None, "publication_id"),
)

score_weights = sa.Table(
    "score_weights",
    metadata,
    sa.Column("version", _SERIAL, primary_key=True),
    sa.Column("niche", _NICHE, nullable=False),
    sa.Column("weights", JsonDocument(dict[str, float]), nullable=False),
    sa.Column("state", enum_type(WeightsState, constraint="state"), nullable=False),
    sa.Column("posts", sa.Integer, nullable=False),
    sa.Column("correlation", sa.Double, nullable=False),
    sa.Column("correlation_before", sa.Double, nullable=False),
    sa.Column("proposed_at", UtcDateTime, nullable=False),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", _TITLE),
    sa.Index(None, "niche"),
)

_IS_ADOPTED = score_weights.c.state == WeightsState.ADOPTED
sa.Index(
    "uq_score_weights_adopted",
    score_weights.c.niche,
    unique=True,
    sqlite_where=_IS_ADOPTED,
    postgresql_where=_IS_ADOPTED,
)

niche_proposals = sa.Table(
    "niche_proposals",
    metadata,
    sa.Column("name", _NICHE, primary_key=True),
    sa.Column("source_niche", _NICHE, nullable=False),
    sa.Column("kind", enum_type(TrendKind, constraint="kind"), nullable=False),
    sa.Column("term", _TITLE, nullable=False),
    sa.Column("platforms", TextTuple, nullable=False),
    sa.Column("evidence", _PROSE, nullable=False),
    sa.Column("proposed_at", UtcDateTime, nullable=False),
    sa.Column("state", enum_type(ProposalState, constraint="state"), nullable=False),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", _TITLE),
)

thumbnails = sa.Table(
    "thumbnails",
    metadata,
    sa.Column("url_sha256", _SHA256, primary_key=True),
    sa.Column("perceptual_hash", sa.String(16)),
    sa.Column("reason", _PROSE),
    sa.Column("hashed_at", UtcDateTime, nullable=False),
    sa.CheckConstraint(
        "perceptual_hash IS NOT NULL OR reason IS NOT NULL", name="absent_has_a_reason"
    ),
)
