"""A platform in memory, with faults on demand."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from viral_forge_resources.contracts.errors import NotFound, Rejected, ViralForgeError
from viral_forge_resources.contracts.publishing import (
    Lookup,
    Post,
    PostMetric,
    Processing,
    Publication,
    Published,
    TextLimits,
)
from viral_forge_resources.contracts.sessions import SessionLog

_LIMITS = TextLimits(max_title=100, max_description=1_000, max_tags=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong at the next submission.

    Attributes:
        took_effect: the platform has the post all the same: only the answer was lost.
    """

    error: ViralForgeError
    took_effect: bool = False


@dataclass(kw_only=True)
class FakePublisher:
    """Takes posts as a real platform does: submitting twice makes two.

    Attributes:
        looks_needed: how often a post is still found in processing; 0 is live at once.
        can_look: without it nobody can tell whether a post is there.
        faults: one for each submission to come, until they are used up.
        metrics: what there is to read of posts.
        held: every post that the platform has, in the order they came.
        submissions: how often something was handed to the platform.
    """

    platform: str = "fake"
    most_at_once: int | None = None
    limits: TextLimits = _LIMITS
    looks_needed: int = 0
    can_look: bool = True
    faults: list[Fault] = field(default_factory=list)
    metrics: Sequence[PostMetric] = ()
    held: list[Post] = field(default_factory=list)
    submissions: int = 0
    _looks: dict[str, int] = field(default_factory=dict)

    def problems(self, post: Post) -> tuple[str, ...]:
        return ()

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        self.submissions += 1
        if hashlib.sha256(post.video.read_bytes()).hexdigest() != post.content_sha256:
            raise Rejected("these are not the bytes that were to be posted")
        fault = self.faults.pop(0) if self.faults else None
        if fault is None or fault.took_effect:
            self.held.append(post)
        if fault is not None:
            raise fault.error
        if self.looks_needed:
            return Processing(receipt=f"receipt-{post.publication_id}")
        return self._published(post)

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        post = next((p for p in self.held if receipt == f"receipt-{p.publication_id}"), None)
        if post is None:
            raise NotFound(f"no upload '{receipt}'")
        self._looks[receipt] = self._looks.get(receipt, 0) + 1
        if self._looks[receipt] < self.looks_needed:
            return Processing(receipt=receipt)
        return self._published(post)

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        if not self.can_look:
            return Lookup.UNDECIDABLE
        wanted = (publication.publication_id, publication.content_sha256, channel)
        for post in self.held:
            if (post.publication_id, post.content_sha256, post.channel) == wanted:
                return self._published(post)
        return Lookup.ABSENT

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        wanted = {publication.publication_id for publication in publications}
        return tuple(metric for metric in self.metrics if metric.publication_id in wanted)

    def _published(self, post: Post) -> Published:
        post_id = f"post-{post.publication_id}"
        return Published(post_id=post_id, url=f"https://{self.platform}.example/{post_id}")
