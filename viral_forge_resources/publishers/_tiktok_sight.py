"""What TikTok's word about an upload means for its post.

Source: https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from viral_forge_resources.contracts.errors import (
    BadInput,
    NotFound,
    PolicyViolation,
    Rejected,
    UnexpectedAnswer,
)
from viral_forge_resources.contracts.publishing import Processing, Publication, Published
from viral_forge_resources.documents import from_json
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._remembered import written
from viral_forge_resources.publishers._tiktok_calls import POLICY

_ADDRESS_LIVES = timedelta(minutes=55)
"""TikTok says an hour."""

_SOONEST, _LATEST = timedelta(seconds=2), timedelta(hours=1)
_ID_COMES_WITHIN = timedelta(hours=24)
_WAITING = frozenset({"PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD"})
_NOT_THE_POSTS_FAULT = frozenset({"internal", "auth_removed", "spam_risk_too_many_posts"})
_UPLOADS_ID = "v_"
"""How ids of uploads begin; those of posts are numbers."""

_HOME = "https://www.tiktok.com"
_IN_INBOX = "the draft is in TikTok's inbox of this account: open the app, add the words, post it"


@dataclass(frozen=True, slots=True, kw_only=True)
class TiktokReceipt:
    """By what an upload is looked at.

    Attributes:
        username: of the account, where TikTok told it.
    """

    publish_id: str
    since: datetime
    username: str = ""

    @staticmethod
    def read(receipt: str) -> "TiktokReceipt":
        """The receipt that was given out.

        Raises:
            NotFound: it is none of ours.
        """
        try:
            return from_json(TiktokReceipt, receipt.encode(), name="a receipt")
        except BadInput as error:
            raise NotFound("TikTok has no upload of that receipt") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class TiktokSession:
    """What an upload is resumed by.

    Attributes:
        address: of the upload; a secret.
        since: when it was opened.
    """

    publish_id: str
    address: str
    size: int
    since: datetime
    username: str = ""

    @property
    def receipt(self) -> TiktokReceipt:
        """By what it is looked at once everything was sent."""
        return TiktokReceipt(publish_id=self.publish_id, since=self.since, username=self.username)

    @property
    def dies_at(self) -> datetime:
        """From when on nothing is sent to its address any more."""
        return self.since + _ADDRESS_LIVES


def place_of(known: Any, session: TiktokSession) -> int | None:  # noqa: ANN401  TikTok's word
    """Where the upload is to go on; None if TikTok has all of it."""
    if inside(known, "status") != "PROCESSING_UPLOAD":
        return None
    arrived = inside(known, "uploaded_bytes")
    if not isinstance(arrived, int):
        return 0
    return None if arrived >= session.size else arrived


def may_begin_anew(known: Any) -> bool:  # noqa: ANN401  TikTok's word
    """Whether TikTok gave the upload up for a reason that is none against the post."""
    return (
        inside(known, "status") == "FAILED" and inside(known, "fail_reason") in _NOT_THE_POSTS_FAULT
    )


def outcome_of(
    known: Any,  # noqa: ANN401  TikTok's word
    receipt: TiktokReceipt,
    *,
    now: datetime,
    may_be_public: bool,
) -> Published | Processing:
    """What has become of an upload that TikTok has.

    Args:
        known: what TikTok says of it.
        receipt: by which it was looked at.
        now: the moment of the look; the longer it takes, the rarer it is looked at.
        may_be_public: whether everyone may see it once it was moderated.

    Raises:
        Rejected: TikTok ended it; says why.
        PolicyViolation: the same, for what the video holds or its account did.
        UnexpectedAnswer: a status that is not documented.
    """
    status = inside(known, "status")
    age = now - receipt.since
    later = min(max(age / 2, _SOONEST), _LATEST)
    if status in _WAITING:
        return Processing(receipt=written(receipt), look_after=later)
    if status == "SEND_TO_USER_INBOX":
        return Processing(receipt=written(receipt), look_after=_LATEST, note=_IN_INBOX)
    if status == "FAILED":
        why = str(inside(known, "fail_reason"))
        kind = PolicyViolation if why in POLICY else Rejected
        raise kind(f"TikTok took the video and then ended it: {why}")
    if status != "PUBLISH_COMPLETE":
        raise UnexpectedAnswer("TikTok tells how an upload is doing in another way")
    return _complete(
        known, receipt, later=later if may_be_public and age < _ID_COMES_WITHIN else None
    )


def _complete(
    known: Any,  # noqa: ANN401
    receipt: TiktokReceipt,
    *,
    later: timedelta | None,
) -> Published | Processing:
    """A finished post: its id comes after moderation, and never for one that not everyone sees."""
    public = public_post(known, receipt)
    if public is not None:
        return public
    if later is not None:
        return Processing(receipt=written(receipt), look_after=later, note="being moderated")
    return Published(
        post_id=receipt.publish_id,
        url=_profile(receipt),
        note="TikTok tells no address of it: it is not public, or still being moderated",
    )


def public_post(known: Any, receipt: TiktokReceipt) -> Published | None:  # noqa: ANN401
    """The post, once TikTok says under which id everyone sees it."""
    post_id = inside(known, "publicaly_available_post_id", 0)  # TikTok spells it so
    if post_id is None:
        return None
    by_name = f"{_profile(receipt)}/video/{post_id}"
    url = by_name if receipt.username else f"{_HOME}/player/v1/{post_id}"
    return Published(post_id=str(post_id), url=url)


def _profile(receipt: TiktokReceipt) -> str:
    return f"{_HOME}/@{receipt.username}" if receipt.username else _HOME


def lacks_id(publication: Publication) -> bool:
    """Whether TikTok's only word for the post is the one for its upload."""
    return (publication.post_id or "").startswith(_UPLOADS_ID)


def upload_of(publication: Publication) -> TiktokReceipt:
    """By what a post is looked at that lacks its id."""
    known_as = publication.post_id or ""
    try:
        receipt = TiktokReceipt.read(publication.receipt or "")
    except NotFound:  # it was found live before there was one
        return TiktokReceipt(publish_id=known_as, since=publication.planned_at)
    return replace(receipt, publish_id=known_as)
