"""Gives clips the look that their pictures call for: asked once, and stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from viral_forge_assets.asking import Asker
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_assets.domain.look_choice import (
    LOOK_VERSION,
    look_moments,
    look_of_colours,
    look_question,
    look_said,
    with_look,
)
from viral_forge_assets.domain.looks import Look, LookWish
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.provenance import keep, kept, made_from
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.media_ports import MediaReader
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.vision import VisionModel
from viral_forge_resources.contracts.works import SourceFile
from viral_forge_resources.documents import document_hash

_NOBODY = "no vision plugin is enabled"
_HASH_LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Colourist:
    """Looks at the pictures of a candidate's clips; models are asked where there are any.

    Attributes:
        models: in the order in which they are asked; none: colours decide.
    """

    key: CandidateKey
    storage: Storage
    media: MediaReader
    asker: Asker
    models: Sequence[VisionModel]

    def origin(self, recipe: Recipe) -> str | None:
        """What its work depends on besides recipe and source; None where none is asked for."""
        if recipe.look is None:
            return None
        return made_from(version=LOOK_VERSION, models=self._names)

    def stands(self, plan: EditPlan) -> bool:  # noqa: ARG002  a look never ends
        """Whether what it gave the plan may stay."""
        return True

    def dress(self, plan: EditPlan, recipe: Recipe, source: SourceFile) -> EditPlan:
        """``plan`` with a look for each clip, if the recipe asks for one.

        Raises:
            BadInput: the source shows no picture there.
        """
        wish = recipe.look
        if wish is None:
            return plan
        clips = (with_look(clip, self._look(clip, wish, source), wish) for clip in plan.clips)
        return replace(plan, clips=tuple(clips))

    @property
    def _names(self) -> str:
        return ",".join(f"{each.provider}/{each.model}" for each in self.models)

    def _look(self, clip: ClipPlan, wish: LookWish, source: SourceFile) -> Look:
        """The answer that was given before for the same pictures and wish, or a new one."""
        origin = made_from(
            source=source.video.sha256,
            moment=document_hash(clip.segments),
            wish=document_hash(wish),
            models=self._names,
            version=LOOK_VERSION,
        )
        document = self.key.storage_key("transform", f"look-{origin[:_HASH_LENGTH]}.json")
        look = kept(self.storage, document, Look, origin=origin)
        if look is None:
            look, is_final = self._decide(clip, wish, source)
            if is_final:
                keep(self.storage, document, look, origin=origin)
        return look

    def _decide(self, clip: ClipPlan, wish: LookWish, source: SourceFile) -> tuple[Look, bool]:
        """A look, and whether it is the one that models gave, who are not asked again."""
        with self.storage.as_file(source.video.key) as path:
            pictures = self.media.keyframes(path, source.probe, look_moments(clip.segments))
        if not self.models:
            return look_of_colours(wish, pictures, because=_NOBODY), False
        heard = self.asker.first(self.models, look_question(wish, pictures), look_said)
        failures = "; ".join(heard.fallen_through)
        if heard.said is None:
            return look_of_colours(wish, pictures, because=failures), False
        if failures:
            return replace(heard.said, why=f"{heard.said.why}; asked before: {failures}"), True
        return heard.said, True
