"""Mastodon: the public timelines of hashtags, on the instances that the operator names. No key.

An instance knows what its members and those whom they follow wrote; a query is asked as a hashtag.
An instance may close its timelines to strangers; then a token of an app there opens them. Counts
are those that have reached the instance; views and licences are not told.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import quote

from pydantic import BeforeValidator, Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings, NoDecode

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NoCredentials,
    ViralForgeError,
)
from viral_forge_resources.contracts.quota import DEFAULT_PROJECT, Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, ScanTools, Unusable
from viral_forge_resources.contracts.web import Pace, WebAnswer, WebRequest
from viral_forge_resources.platforms.credentials import variable
from viral_forge_resources.platforms.gathering import Found, gathered
from viral_forge_resources.platforms.reading import (
    count,
    entries,
    inside,
    is_older,
    moment,
    one_line,
    plain_text,
    seconds,
    video_id,
    web_address,
)
from viral_forge_resources.platforms.refusals import in_its_words, said
from viral_forge_resources.settings import comma_separated, settings_config

_PAGE = 40
_GENTLY = Pace(at_once=2)
_OK = 200
_CLOSED = frozenset({401, 403, 422})  # 422 says that the method wants a user
_INLINE = re.compile(r"</?(?:a|span)\b[^>]*>")


class Settings(BaseSettings):
    """Which instances are asked, and how."""

    model_config = settings_config("SCANNER_MASTODON")

    instances: Annotated[tuple[HttpUrl, ...], NoDecode, BeforeValidator(comma_separated)] = Field(
        default=(HttpUrl("https://mastodon.social"),),
        min_length=1,
        description="Addresses of the instances, comma-separated.",
    )
    access_tokens: dict[str, SecretStr] = Field(
        default={},
        description="Tokens of apps by host, for instances that want one, as JSON: "
        '{"mastodon.example": "token"}.',
    )
    most_pages: int = Field(
        default=1, ge=1, description="Pages of 40 posts for each hashtag and instance."
    )
    requests_per_5_minutes: int = Field(
        default=300, ge=0, description="What an instance allows one address or app."
    )
    takes_sensitive: bool = Field(
        default=False, description="Take posts that their authors mark as sensitive."
    )


def open_plugin(settings: Settings) -> "MastodonScanner":
    """The scanner of Mastodon."""
    return MastodonScanner(settings)


class MastodonScanner:
    """Lists the newest posts with a video under hashtags.

    ``watched``: hashtags, with or without ``#``. A query makes one without its spaces and signs.
    """

    platform = "mastodon"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def scan(self, request: ScanRequest, tools: ScanTools) -> Found:
        """Yield what stands under each hashtag on each instance; a post on several of them once.

        Raises:
            NoCredentials: an instance wants a token, and none is set for it.
        """
        tags = dict.fromkeys(filter(None, map(_tag, (*request.watched, *request.queries))))
        return gathered(
            request,
            *(
                self._listed(instance, tag, request, tools)
                for tag in tags
                for instance in self._settings.instances
            ),
        )

    async def _listed(
        self, instance: HttpUrl, tag: str, request: ScanRequest, tools: ScanTools
    ) -> Found:
        token = self._settings.access_tokens.get(instance.host or "")
        headers = {"authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        params: dict[str, str | int] = {"only_media": "true", "limit": _PAGE}
        for _ in range(self._settings.most_pages):
            answer = await tools.web.send(
                WebRequest(
                    url=f"{str(instance).rstrip('/')}/api/v1/timelines/tag/{quote(tag, safe='')}",
                    params=params,
                    headers=headers,
                    uses=(Use(bucket=self._bucket(instance)),),
                    accepts=_CLOSED,
                    pace=_GENTLY,
                )
            )
            if answer.status != _OK:
                raise self._closed(answer, token)
            statuses = entries(answer.json(), name=answer.name)
            for item in _videos(statuses, takes_sensitive=self._settings.takes_sensitive):
                yield item
            last = statuses[-1] if statuses else None
            last_id = one_line(inside(last, "id"))
            is_over = is_older(moment(inside(last, "created_at")), request.since)
            if len(statuses) < _PAGE or last_id is None or is_over:
                return
            params["max_id"] = last_id

    def _bucket(self, instance: HttpUrl) -> Bucket:
        return Bucket(
            platform="mastodon",
            project=instance.host or DEFAULT_PROJECT,
            name="requests",
            limit=self._settings.requests_per_5_minutes,
            window=Window.FIVE_MINUTES,
        )

    def _closed(self, answer: WebAnswer, token: SecretStr | None) -> ViralForgeError:
        tokens = variable(self._settings, "access_tokens")
        words = inside(said(answer), "error")
        if token is None:
            remedy = f"Name a token of an app there in {tokens}, or leave the instance out."
            return in_its_words(answer, words or "no", kind=NoCredentials, remedy=remedy)
        remedy = f"Check its token in {tokens}."
        return in_its_words(answer, words, kind=Misconfigured, remedy=remedy)


def _tag(words: str) -> str:
    """The hashtag of ``words``: letters, digits and marks, small; empty if there are none."""
    return "".join(re.findall(r"\w+", words)).casefold()


def _videos(
    statuses: Sequence[object], *, takes_sensitive: bool
) -> Iterator[ScannedVideo | Unusable]:
    seen_at = datetime.now(UTC)
    for status in statuses:
        attached = inside(status, "media_attachments")
        several = attached if isinstance(attached, list) else []
        video = next((each for each in several if inside(each, "type") == "video"), None)
        if video is not None and (takes_sensitive or inside(status, "sensitive") is not True):
            yield _video(status, video, seen_at=seen_at)


def _video(status: object, video: object, *, seen_at: datetime) -> ScannedVideo | Unusable:
    page_url = web_address(inside(status, "url"))
    # Its own address is the same on every instance; its id is not.
    found_id = video_id(page_url.partition("://")[2]) if page_url else None
    locator = web_address(inside(video, "url")) or web_address(inside(video, "remote_url"))
    if found_id is None or locator is None:
        return Unusable(reason="has no address" if page_url is None else "has no file")
    account = inside(status, "account")
    return ScannedVideo(
        platform=MastodonScanner.platform,
        platform_video_id=found_id,
        locator=locator,
        page_url=page_url,
        title=_text(status) or one_line(inside(video, "description")) or found_id,
        seen_at=seen_at,
        author=one_line(inside(account, "display_name")) or one_line(inside(account, "acct")),
        author_id=one_line(inside(account, "url")),
        thumbnail_url=web_address(inside(video, "preview_url")),
        published_at=moment(inside(status, "created_at")),
        duration_s=seconds(inside(video, "meta", "original", "duration"))
        or seconds(inside(video, "meta", "duration")),
        language=one_line(inside(status, "language")),
        tags=_tags(status),
        likes=count(inside(status, "favourites_count")),
        comments=count(inside(status, "replies_count")),
        shares=count(inside(status, "reblogs_count")),
    )


def _text(status: object) -> str | None:
    """What is written; a hashtag or a link is one word, though it is marked up in several parts."""
    content = inside(status, "content")
    return plain_text(_INLINE.sub("", content)) if isinstance(content, str) else None


def _tags(status: object) -> tuple[str, ...]:
    listed = inside(status, "tags")
    names = (one_line(inside(tag, "name")) for tag in (listed if isinstance(listed, list) else []))
    return tuple(filter(None, names))
