"""Stands in for a platform's publisher in a dry run: everything but the sending is real."""

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.contracts.publishing import (
    Lookup,
    Post,
    Processing,
    Publication,
    Published,
    Publisher,
)
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.publishers.recording import RecordingPublisher

_REACH_NOBODY = frozenset({"folder", "recording"})


def rehearsed(publisher: Publisher, recording: RecordingPublisher) -> Publisher:
    """``publisher``, or what stands in for it if it reaches a platform."""
    return publisher if publisher.platform in _REACH_NOBODY else Rehearsal(publisher, recording)


class Rehearsal:
    """Records posts and lets them wait. Looking is no sending: that still happens."""

    def __init__(self, real: Publisher, recording: RecordingPublisher) -> None:
        self.platform = real.platform
        self.limits = real.limits
        self.real = real
        self.recording = recording

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why the platform would refuse the post."""
        return self.real.problems(post)

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:  # noqa: ARG002
        """Record the post.

        Raises:
            Misconfigured: always: it waits until a person switches dry runs off.
        """
        file = self.recording.record(post, platform=self.platform)
        raise Misconfigured(
            f"this is a dry run: nothing was sent, and {file} says what would have been."
            " Set VIRAL_FORGE_DRY_RUN=false to post"
        )

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """Look how an upload of before is doing."""
        return self.real.check(receipt, channel=channel)

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Look for a post of before."""
        return self.real.find(publication, channel=channel, saved=saved)
