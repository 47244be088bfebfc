"""Covers moments of clips with openly licensed pictures of what is said: found once, and stored."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from viral_forge_assets.asking import Asker
from viral_forge_assets.clearance import material_verdict
from viral_forge_assets.domain.b_roll import (
    B_ROLL_VERSION,
    BRollWish,
    Cue,
    cues_of,
    fits,
    queries_said,
    query_question,
)
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan, words_in_clip
from viral_forge_assets.domain.insert_plans import with_inserts
from viral_forge_assets.domain.inserts import (
    ROLE,
    Insert,
    material_of,
    names,
    ordered,
    why_unfit,
)
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.domain.share_alike import objection_to_one_clip
from viral_forge_assets.provenance import keep, kept, load, made_from
from viral_forge_assets.stock import FetchedStock, Offers, Stock
from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.llm import Answer, LanguageModel
from viral_forge_resources.contracts.media import Transcript
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.scanning import ScannedVideo
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.works import SourceFile
from viral_forge_resources.documents import document_hash

_HASH_LENGTH = 16
_CUES_EACH = 3
"""Words that are searched for, for each insert that the recipe allows: many find nothing."""

_MOST_TRIES = 4
"""Videos that are fetched for one word at most."""

_MOST_FAILURES_TOLD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Inserted:
    """What was found for one clip; ``notes`` say what was not, and why."""

    inserts: tuple[Insert, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InsertEditor:
    """Finds and places inserts for one candidate's clips.

    Attributes:
        models: asked what to search for; none: the words themselves are searched for.
    """

    key: CandidateKey
    storage: Storage
    stock: Stock
    asker: Asker
    models: Sequence[LanguageModel]

    def origin(self, recipe: Recipe) -> str | None:
        """What its work depends on besides recipe and source; None where none is asked for."""
        if recipe.b_roll is None:
            return None
        return made_from(
            version=B_ROLL_VERSION,
            scanners=",".join(self._platforms(recipe.b_roll)),
            policy=document_hash(self.stock.niche.policy.licences),
            models=",".join(f"{each.provider}/{each.model}" for each in self.models),
        )

    def stands(self, plan: EditPlan) -> bool:
        """Whether there is still a right to every insert, and its bytes are still stored."""
        inserts = [each for clip in plan.clips for each in clip.inserts]
        return all(self._may_stay(each) for each in inserts)

    def dress(self, plan: EditPlan, recipe: Recipe, source: SourceFile) -> EditPlan:
        """``plan`` with inserts, as many as the recipe allows and are found."""
        if recipe.b_roll is None:
            return plan
        document = self.key.storage_key("captions", "transcript.json")
        transcript = load(self.storage, document, Transcript, made_by="transcript")
        clips = []
        for clip in plan.clips:
            found = self._found(clip, recipe.b_roll, transcript, source)
            clips.append(with_inserts(clip, found.inserts, notes=found.notes))
        return replace(plan, clips=tuple(clips))

    def _platforms(self, wish: BRollWish) -> list[str]:
        return [name for name in wish.scanners if name in self.stock.scanners]

    def _may_stay(self, insert: Insert) -> bool:
        with self.stock.state.connect() as connection:
            verdict = material_verdict(
                connection,
                insert.material,
                now=datetime.now(UTC),
                is_monetised=self.stock.niche.policy.is_monetised,
            )
        is_stored = self.storage.size_bytes(insert.file.key) == insert.file.size_bytes
        fits = objection_to_one_clip([self.stock.source_licence, verdict.licence or ""]) is None
        return verdict.is_allowed and fits and is_stored

    def _found(
        self, clip: ClipPlan, wish: BRollWish, transcript: Transcript, source: SourceFile
    ) -> Inserted:
        """What an earlier run found for the same moment, if it may stay; else what is found now."""
        origin = made_from(
            source=source.video.sha256,
            moment=document_hash(clip.segments),
            wish=document_hash(wish),
            words=document_hash(transcript),
            scanners=",".join(self._platforms(wish)),
            version=B_ROLL_VERSION,
        )
        document = self.key.storage_key("transform", f"b_roll-{origin[:_HASH_LENGTH]}.json")
        found = kept(self.storage, document, Inserted, origin=origin)
        if found is not None and all(self._may_stay(each) for each in found.inserts):
            return found
        found, is_final = self._find(clip, wish, transcript)
        if is_final:
            keep(self.storage, document, found, origin=origin)
        return found

    def _find(
        self, clip: ClipPlan, wish: BRollWish, transcript: Transcript
    ) -> tuple[Inserted, bool]:
        """Inserts for a clip, and whether everybody answered."""
        if not self._platforms(wish):
            named = ", ".join(wish.scanners)
            return Inserted(
                notes=(f"no inserts: VIRAL_FORGE_SCANNERS names none of {named}",)
            ), True
        cues, notes = self._cues(clip, wish, transcript)
        if not cues:
            return Inserted(notes=(*notes, "no inserts: no word wants a picture")), True
        offers = self.stock.search([cue.query for cue in cues], self._platforms(wish))
        placing = _Placing(editor=self, clip=clip, wish=wish, offers=offers)
        inserts = placing.place(cues)
        notes += tuple(f"{name} was not searched: {why}" for name, why in offers.failures.items())
        notes += tuple(placing.refusals[:_MOST_FAILURES_TOLD])
        if not inserts:
            notes += ("no inserts: nothing was found that fits and may be used",)
        return Inserted(inserts=inserts, notes=notes), not offers.is_passing

    def _cues(
        self, clip: ClipPlan, wish: BRollWish, transcript: Transcript
    ) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
        cues = cues_of(
            words_in_clip(transcript.words, clip.segments),
            wish,
            duration_s=clip.duration_s,
            cuts_s=clip.cuts_s,
            language=transcript.language,
        )[: _CUES_EACH * wish.most]
        if not self.models or not cues:
            return cues, ()

        def read(answer: Answer) -> tuple[Cue, ...]:
            return queries_said(cues, answer)

        heard = self.asker.first(self.models, query_question(cues), read)
        notes = tuple(f"what to search for: {each}" for each in heard.fallen_through)
        return (cues if heard.said is None else heard.said), notes


class _Placing:
    """Fetches what is offered for one clip's cues, the best cue first."""

    def __init__(
        self, *, editor: InsertEditor, clip: ClipPlan, wish: BRollWish, offers: Offers
    ) -> None:
        self.refusals: list[str] = []
        self._editor = editor
        self._clip = clip
        self._wish = wish
        self._offers = offers
        self._inserts: list[Insert] = []
        self._tried: list[Material] = []

    def place(self, cues: Sequence[Cue]) -> tuple[Insert, ...]:
        """As many inserts as are allowed, in the order in which they are seen."""
        for is_named in (True, False):  # what says itself that it shows the thing goes first
            for cue in cues:
                taken = [each.stretch for each in self._inserts]
                if fits(cue, taken, self._wish, duration_s=self._clip.duration_s):
                    self._insert(cue, is_named=is_named)
        return tuple(sorted(self._inserts, key=lambda each: each.stretch.start_s))

    def _insert(self, cue: Cue, *, is_named: bool) -> None:
        offered = ordered(self._offers.videos[cue.query], cue, self._wish)
        untried = (each for each in offered if material_of(each) not in self._tried)
        for video in islice((v for v in untried if names(v, cue.query) is is_named), _MOST_TRIES):
            self._tried.append(material_of(video))
            try:
                insert = self._taken(video, cue)
            except ViralForgeError as error:  # another one may do
                self._refuse(video, str(error))
                continue
            if insert is not None:
                self._inserts.append(insert)
                return

    def _taken(self, video: ScannedVideo, cue: Cue) -> Insert | None:
        verdict = self._editor.stock.clear(video)
        if not verdict.is_allowed or verdict.rights_id is None or verdict.licence is None:
            self._refuse(video, verdict.reason)
            return None
        fetched = self._editor.stock.fetch(video, number=len(self._inserts))
        unfit = why_unfit(fetched.probe, cue)
        start_s = None if unfit else self._editor.stock.start_of(fetched, cue)
        if start_s is None:
            self._refuse(video, unfit or "shows nothing but darkness, or one colour")
            return None
        number = len(self._inserts) + 1
        return Insert(
            name=f"{ROLE}_{self._clip.number}_{number}",
            stretch=cue.stretch,
            from_s=start_s,
            query=cue.query,
            said=cue.said,
            file=self._stored(fetched),
            material=material_of(video),
            rights_id=verdict.rights_id,
            licence=verdict.licence,
        )

    def _stored(self, fetched: FetchedStock) -> StoredFile:
        key = self._editor.key.storage_key("transform", f"insert-{fetched.sha256[:_HASH_LENGTH]}")
        return self._editor.storage.put_file(fetched.path, key)

    def _refuse(self, video: ScannedVideo, reason: str) -> None:
        self.refusals.append(f"not '{video.title}' of {video.platform}: {reason}")
