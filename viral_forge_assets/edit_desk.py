"""Everything that takes part in planning one candidate's edit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from viral_forge_assets.asking import Asker
from viral_forge_assets.clearance import verdict_on
from viral_forge_assets.domain.edit_plan import EditPlan
from viral_forge_assets.domain.formats import in_format
from viral_forge_assets.domain.recipes import Recipe, hiding
from viral_forge_assets.domain.soundtrack import MusicOffer
from viral_forge_assets.editing import (
    CuttingRoom,
    chosen_recipe,
    recipe_for,
)
from viral_forge_assets.experimenting import Assigned, assigned, with_opening
from viral_forge_assets.inserting import InsertEditor
from viral_forge_assets.judging import ModelJudge
from viral_forge_assets.looking import Colourist
from viral_forge_assets.music import judge_music
from viral_forge_assets.partitions import known_candidate, known_niche
from viral_forge_assets.scanning import OpenScanTools
from viral_forge_assets.sound_stage import SoundStage
from viral_forge_assets.stock import Stock
from viral_forge_assets.veiling import Veiler
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.media_ports import (
    Downloader,
    MediaReader,
    ProgressCallback,
    Renderer,
)
from viral_forge_resources.contracts.scanning import Niche, Scanner
from viral_forge_resources.contracts.sound import MusicLibrary
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.studio import Studio
from viral_forge_resources.contracts.vision import VisionModel

_NO_MUSIC = (MusicOffer(none_because="the recipe has none"), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants of one edit; empty texts leave it to recipe, niche and studio.

    Attributes:
        show_faces: numbers of faces that stay to be seen.
    """

    recipe: str = ""
    format: str = ""
    hide_faces: str = ""
    show_faces: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Where inserts are searched for and fetched from."""

    scanners: Mapping[str, Scanner]
    open_tools: OpenScanTools
    downloader: Downloader


@dataclass(frozen=True, slots=True, kw_only=True)
class Models:
    """Who may be asked, and what that may cost."""

    language: Sequence[LanguageModel]
    vision: Sequence[VisionModel]
    budget: Budget


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEdit:
    """The plan, where it is stored, and how it came to be.

    Attributes:
        dealt: by the niche's experiment; None where a person named the recipe, or none runs.
        refused_music: why music of the folder could not be chosen.
    """

    plan: EditPlan
    stored: StoredFile
    dealt: Assigned | None
    refused_music: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditDesk:
    """Plans the edit of one candidate.

    Attributes:
        on_faces: told how far the look for faces that are to be hidden is.
    """

    key: CandidateKey
    state: sa.Engine
    storage: Storage
    renderer: Renderer
    media: MediaReader
    recipes: Mapping[str, Recipe]
    market: Market
    models: Models
    music: MusicLibrary
    studio: Studio
    scratch: Path
    on_faces: ProgressCallback

    def plan(self, wanted: Wanted) -> PlannedEdit:
        """The recipe that is wanted, or dealt, applied to the candidate.

        Raises:
            BadInput: no recipe, format or face is named so.
        """
        now = datetime.now(UTC)
        with self.state.connect() as connection:
            candidate = known_candidate(connection, str(self.key))
            niche = known_niche(connection, candidate.niche)
            licence = verdict_on(connection, candidate, now=now).licence or ""
        # A recipe that a person names is no result of an experiment, so it draws none.
        dealt = None if wanted.recipe else assigned(self.state, candidate, now=now)
        recipe = self._recipe(wanted, niche, dealt)
        offer, refused = self._offered_music(niche) if recipe.music else _NO_MUSIC
        stage = SoundStage(
            key=self.key,
            storage=self.storage,
            renderer=self.renderer,
            offer=offer,
            source_licence=licence,
        )
        plan, stored = CuttingRoom(self.key, self.storage, self.renderer).plan(
            recipe,
            dressers=[
                self._inserter(niche, licence),
                self._colourist(recipe),
                self._veiler(wanted),
                stage,
            ],
            judge=ModelJudge(asker=self._asker(), models=self.models.language),
        )
        return PlannedEdit(plan=plan, stored=stored, dealt=dealt, refused_music=refused)

    def _recipe(self, wanted: Wanted, niche: Niche, dealt: Assigned | None) -> Recipe:
        asked = wanted.recipe or niche.recipe or self.studio.recipe
        chosen = chosen_recipe(self.recipes, dealt.arm.recipe if dealt else asked)
        recipe = with_opening(recipe_for(chosen, niche), dealt)
        return hiding(in_format(recipe, wanted.format), wanted.hide_faces)

    def _asker(self) -> Asker:
        return Asker(
            state=self.state,
            budget=self.models.budget,
            niche=self.key.niche,
            candidate_key=str(self.key),
        )

    def _colourist(self, recipe: Recipe) -> Colourist:
        # Faces that are to be hidden are not shown to anyone else's model either.
        models = () if recipe.faces else self.models.vision
        return Colourist(
            key=self.key,
            storage=self.storage,
            media=self.media,
            asker=self._asker(),
            models=models,
        )

    def _veiler(self, wanted: Wanted) -> Veiler:
        return Veiler(
            key=self.key,
            storage=self.storage,
            media=self.media,
            scratch=self.scratch,
            on_progress=self.on_faces,
            shown=wanted.show_faces,
        )

    def _inserter(self, niche: Niche, licence: str) -> InsertEditor:
        stock = Stock(
            state=self.state,
            niche=niche,
            scanners=self.market.scanners,
            open_tools=self.market.open_tools,
            downloader=self.market.downloader,
            media=self.media,
            limits=self.studio.fetch_limits,
            scratch=self.scratch,
            source_licence=licence,
        )
        return InsertEditor(
            key=self.key,
            storage=self.storage,
            stock=stock,
            asker=self._asker(),
            models=self.models.language,
        )

    def _offered_music(self, niche: Niche) -> tuple[MusicOffer, tuple[str, ...]]:
        """What a recipe may choose from, and why it may not have the rest."""
        with self.state.begin() as connection:
            judged = judge_music(
                connection,
                self.music.shelf(),
                is_monetised=niche.policy.is_monetised,
                now=datetime.now(UTC),
            )
        return judged.offer(), judged.refusals
