"""Lets language models write the words of posts: asked once for a clip on a platform."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import sqlalchemy as sa

from viral_forge_assets.asking import Asker
from viral_forge_assets.domain.copy_questions import COPY_VERSION, Brief, copy_question, copy_said
from viral_forge_assets.domain.copywriting import Copy
from viral_forge_assets.provenance import keep, kept, made_from
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.publishing import PublicationState, Publisher
from viral_forge_resources.contracts.records import Clip
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.state import approvals as approvals_state
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state

_HASH_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """What models wrote.

    Attributes:
        by_post: by the content hash of a clip and the publisher that posts it.
        notes: where the words are the clip's own, why.
    """

    by_post: Mapping[tuple[str, str], Copy] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Copywriter:
    """Writes for one candidate's clips.

    Attributes:
        models: in the order in which they are asked; where none answers, rules write.
        title_style: what titles shall do; None: the model chooses.
    """

    key: CandidateKey
    storage: Storage
    asker: Asker
    models: Sequence[LanguageModel]
    title_style: TitleStyle | None = None

    def write(
        self, state: sa.Engine, publishers: Mapping[str, Publisher], said: Mapping[int, str]
    ) -> Copies:
        """The words of posts that are still to be planned.

        Args:
            state: read and left again before anybody is asked: an answer takes its time.
            publishers: by name.
            said: what is said in each clip, by its number.
        """
        if not self.models:
            return Copies(notes=("no language model is set up",))
        title, wanted = self._wanted(state)
        copies: dict[tuple[str, str], Copy] = {}
        notes: dict[str, None] = {}
        for clip, name in wanted:
            words = said.get(clip.number, "")
            if name not in publishers:
                continue
            if not words.strip():
                notes[f"clip {clip.number}: nothing is said in it"] = None
                continue
            brief = Brief(
                platform=name,
                niche=self.key.niche,
                title=title,
                said=words,
                limits=publishers[name].limits,
                style=self.title_style,
            )
            copy, note = self._copy(clip, brief)
            if copy is not None:
                copies[clip.content_sha256, name] = copy
            if note:
                notes[f"clip {clip.number} for {name}: {note}"] = None
        return Copies(by_post=copies, notes=tuple(notes))

    def _copy(self, clip: Clip, brief: Brief) -> tuple[Copy | None, str]:
        """What was written before for these bytes there, or is now; None and why where nothing."""
        # What was written before there were styles is good for posts without one.
        styled = {"style": brief.style.value} if brief.style else {}
        origin = made_from(
            content=clip.content_sha256, platform=brief.platform, version=COPY_VERSION, **styled
        )
        document = self.key.storage_key("publication", f"copy-{origin[:_HASH_LENGTH]}.json")
        found = kept(self.storage, document, Copy, origin=origin)
        if found is not None:
            return found, ""
        heard = self.asker.first(self.models, copy_question(brief), partial(copy_said, brief))
        if heard.said is not None:
            keep(self.storage, document, heard.said, origin=origin)
        return heard.said, "; ".join(heard.fallen_through)

    def _wanted(self, state: sa.Engine) -> tuple[str, list[tuple[Clip, str]]]:
        """The source's title, and clips with publishers for which nothing is planned yet."""
        key = str(self.key)
        with state.connect() as connection:
            candidate = candidates_state.get(connection, key)
            channels = channels_state.serving(connection, self.key.niche)
            clips = clips_state.of_candidate(connection, key)
            rows = publications_state.of_candidate(connection, key)
            rejected = {
                clip.number
                for clip in clips
                if (decision := approvals_state.current(connection, clip.content_sha256))
                and not decision.is_approved
            }
        planned = {
            (row.content_sha256, row.channel_id)
            for row in rows
            if row.state is not PublicationState.WITHDRAWN
        }
        wanted = {
            (clip.number, channel.publisher): clip
            for clip in clips
            for channel in channels
            if clip.number not in rejected
            and (clip.content_sha256, channel.channel_id) not in planned
        }
        title = candidate.title if candidate else ""
        return title, [
            (clip, publisher) for (_, publisher), clip in sorted(wanted.items(), key=_first)
        ]


def _first(item: tuple[tuple[int, str], Clip]) -> tuple[int, str]:
    return item[0]
