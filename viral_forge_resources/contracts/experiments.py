"""Experiments between the videos of a niche: what is tried, and what each video was dealt."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TitleStyle(StrEnum):
    """What the title of a post does."""

    TOPIC = "topic"  # names what the video is about
    QUOTE = "quote"  # is said in the video, word for word
    QUESTION = "question"  # asks what the video answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """One thing that is tried.

    Attributes:
        name: as people write it: a recipe, ``+hook`` or ``-hook`` behind it for another opening,
            and behind that ``~question`` or another style of titles.
        recipe: name of the recipe that the video is edited with.
        hook_first: whether the strongest sentence opens the clip; None leaves that to the recipe.
        title: what the titles of the video's posts do; None: what they usually do.
    """

    name: str
    recipe: str
    hook_first: bool | None = None
    title: TitleStyle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """How an experiment deals; what the figures mean stands in ``docs/learning.md``.

    Attributes:
        holdout_share: of the videos that always get the control, in [0, 1).
        least_share: probability that every arm keeps, whatever was learned, in [0, 1 / arms).
        least_draws: each arm is dealt as often before anything learned counts.
        discount: weight of a result for each video that was dealt after it, in (0, 1].
        change_evidence: logarithm of how much likelier it must make the results that tastes have
            changed, for those from before not to count any more.
        prior_mean: a reward, in [0, 1], that is expected of an arm nobody tried.
        prior_weight: how many results the prior counts as.
        prior_spread: standard deviation of one result that the prior expects.
        settled_probability: the leader must be the best with at least this probability, and
        settled_loss: the reward that choosing it may be expected to lose at most, and
        settled_rewards: every arm must have as many results, for the experiment to be settled.
        ends_when_settled: it stops itself then, and the leader becomes the niche's.
        explore_share: of the videos that may be chosen that come first whatever their score, in
            [0, 1): else low scores would never have a result that the score is judged by.
    """

    holdout_share: float = 0.05
    least_share: float = 0.01
    least_draws: int = 5
    discount: float = 1.0
    change_evidence: float = 5.0
    prior_mean: float = 0.5
    prior_weight: float = 1.0
    prior_spread: float = 0.15
    settled_probability: float = 0.95
    settled_loss: float = 0.01
    settled_rewards: int = 10
    ends_when_settled: bool = False
    explore_share: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """What is tried in a niche from ``started_at`` on.

    Attributes:
        arms: the first is the control, which the holdout gets.
        channel_id: only posts of this channel count as results; None: those of every channel.
        stopped_at: None as long as it deals.
        winner: the arm that candidates get afterwards; None: the niche's own recipe.
    """

    experiment_id: str
    niche: str
    arms: tuple[Arm, ...]
    rules: Rules
    started_at: datetime
    started_by: str
    channel_id: str | None = None
    stopped_at: datetime | None = None
    stopped_by: str | None = None
    winner: str | None = None
    note: str | None = None


class Reason(StrEnum):
    """Why a draw was dealt as it was."""

    HOLDOUT = "holdout"
    EXPOSURE = "least_draws"
    LEARNED = "learned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What one candidate was dealt, for good.

    Attributes:
        number: which draw of its experiment it is, from 1 on.
        arm: name of the arm.
        probability: with which the whole policy would have dealt this arm then, holdout included.
        probabilities: the same for every arm; they add up to 1.
        posterior: version of what was known then: a hash of every result that counted.
        seed: text that the draw is made from; the same seed and posterior give the same arm.
    """

    experiment_id: str
    candidate_key: str
    number: int
    arm: str
    probability: float
    reason: Reason
    posterior: str
    seed: str
    drawn_at: datetime
    probabilities: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exploration:
    """Whether a candidate was drawn to be chosen whatever its score.

    Attributes:
        probability: of what ``is_explored`` says.
    """

    candidate_key: str
    experiment_id: str
    probability: float
    is_explored: bool
    seed: str
    drawn_at: datetime


class VariantKind(StrEnum):
    """What two variants of one post differ in."""

    TITLE = "title"
    THUMBNAIL = "thumbnail"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantTest:
    """Titles or thumbnails of one post that a person compares on the platform itself.

    Attributes:
        variants: as the person set them up there, in order.
        chosen: what the platform or the person found better; None until that is recorded.
        note: what the platform said, for those who ask later.
    """

    variant_test_id: str
    publication_id: str
    kind: VariantKind
    variants: tuple[str, ...]
    started_at: datetime
    started_by: str
    chosen: str | None = None
    ended_at: datetime | None = None
    note: str | None = None
