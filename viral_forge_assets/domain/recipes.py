"""Recipes: named, versioned editing styles, written as JSON documents."""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field

from viral_forge_assets.domain.b_roll import BRollWish
from viral_forge_assets.domain.hiding import FaceRule, Hide
from viral_forge_assets.domain.looks import LookWish
from viral_forge_assets.domain.soundtrack import EffectsWish, MusicWish
from viral_forge_assets.domain.tightening import Tightening
from viral_forge_assets.domain.translation import LanguageTag
from viral_forge_assets.domain.variation import (
    WRITTEN_BY_PEOPLE,
    Between,
    Name,
    RecipeFilter,
)
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.hiding import Veil
from viral_forge_resources.contracts.media import FramingMode
from viral_forge_resources.documents import document_hash, from_json

Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]

_HASH_LENGTH = 16
_LONGEST_SHAPE = 2.4
"""Longer side over the shorter one: from the tallest telephone to the widest cinema."""
_MOST_PIXELS = 2160 * 3840


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """An editing style.

    Attributes:
        version: raised by whoever changes what the recipe makes.
        clips: the most that one source gives; a short one gives one, and so does a dull one.
        min_duration_s: of a clip; a source that is shorter is refused.
        max_duration_s: of a clip; a source that is no longer stays whole.
        min_moment_s: of a clip that is cut out of a longer source; half of ``max_duration_s`` if
            left out.
        tighten: which pauses and words are cut out of a clip; left out: none.
        hook_first: the strongest sentence of a clip is shown ahead of it as well.
        max_crop: largest share of the picture that ``crop`` may lose; where it would lose more,
            the whole picture is shown instead. A 16:9 picture loses 0.68.
        filters: in the order they are applied; what they leave open is drawn for each clip.
        look: what the pictures themselves may decide of grade and captions; left out: nothing.
        b_roll: how much of a clip openly licensed pictures of what is said may cover; left out:
            nothing.
        caption_style: one of those in ``viral_forge_assets/caption_styles``.
        faces: whose faces are hidden, and how; None: no one's.
        translate_to: language of the captions, as a BCP 47 tag such as ``es``; left out: as spoken.
        music: under the clip; None: the source's own sound alone.
        effects: short sounds on the accents of filters; None: none.
        target_lufs: integrated loudness of a clip.
        crf: quality of the picture, lower is better and larger.
        preset: of the encoder; faster makes larger files.
    """

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    name: Name
    version: Annotated[int, Field(ge=1)]
    description: Annotated[str, Field(min_length=1, max_length=300)]
    width_px: Annotated[int, Field(ge=144, le=3840, multiple_of=2)] = 1080
    height_px: Annotated[int, Field(ge=144, le=3840, multiple_of=2)] = 1920
    min_duration_s: Annotated[float, Field(ge=0.5, le=60)] = 1.0
    max_duration_s: Annotated[float, Field(ge=1, le=180)] = 60.0
    clips: Annotated[int, Field(ge=1, le=10)] = 1
    min_moment_s: Annotated[float, Field(ge=2, le=180)] | None = None
    tighten: Tightening | None = None
    hook_first: bool = False
    framing: FramingMode = FramingMode.CROP
    max_crop: Annotated[float, Field(ge=0, le=1)] = 0.8
    filters: tuple[RecipeFilter, ...] = ()
    look: LookWish | None = None
    b_roll: BRollWish | None = None
    faces: FaceRule | None = None
    has_captions: bool = True
    caption_style: Name = "bold"
    translate_to: LanguageTag | None = None
    music: MusicWish | None = None
    effects: EffectsWish | None = None
    target_lufs: Annotated[float, Field(ge=-24, le=-9)] = -14.0
    crf: Annotated[int, Field(ge=16, le=30)] = 21
    preset: Preset = "veryfast"


def parse_recipe(content: bytes, *, name: str) -> Recipe:
    """The recipe that the JSON document ``content``, known as ``name``, holds.

    Raises:
        BadInput: a key is unknown or missing, a value out of range, or two contradict each other.
    """
    document = f"recipe {name}"
    keys = ", ".join(known.name for known in fields(Recipe))
    try:
        recipe = from_json(Recipe, content, name=document)
    except BadInput as error:
        remedy = f"Mend that key in the recipe's file. The keys are: {keys}."
        raise BadInput(document, reason=error.reason, remedy=remedy) from error
    for reason, remedy in _contradictions(recipe, name):
        raise BadInput(document, reason=reason, remedy=remedy)
    return recipe


def require_caption_style(recipe: Recipe, known: Collection[str]) -> None:
    """Nothing, if the recipe's captions can be drawn.

    Raises:
        BadInput: it names a caption style that is not among the ``known``.
    """
    if recipe.caption_style not in known:
        raise BadInput(
            f"recipe {recipe.name}",
            reason=f"caption_style: no style is named '{recipe.caption_style}'",
            remedy=f"There are: {', '.join(sorted(known))}.",
        )


def hiding(recipe: Recipe, faces: str) -> Recipe:
    """``recipe`` with the faces hidden that are named; as it is where the name is empty.

    Without inserts, too: nobody looks for faces in the pictures of others.

    Raises:
        BadInput: the name is none of ``Hide``.
    """
    if not faces:
        return recipe
    if faces not in set(Hide):
        raise BadInput(
            faces, reason="says not which faces to hide", remedy=f"There are: {', '.join(Hide)}."
        )
    how = recipe.faces.how if recipe.faces else Veil.BLUR
    return replace(recipe, faces=FaceRule(hide=Hide(faces), how=how), b_roll=None)


def recipe_hash(recipe: Recipe) -> str:
    """16 hex digits that change whenever anything in ``recipe`` does."""
    return document_hash(recipe)[:_HASH_LENGTH]


def _contradictions(recipe: Recipe, name: str) -> list[tuple[str, str]]:
    """Reason and remedy of each."""
    found = []
    if recipe.name != name:
        reason = f"name: it calls itself '{recipe.name}'"
        found.append((reason, f"Write '{name}' there, or rename the file."))
    longer_px, shorter_px = sorted((recipe.width_px, recipe.height_px), reverse=True)
    if longer_px > _LONGEST_SHAPE * shorter_px or recipe.width_px * recipe.height_px > _MOST_PIXELS:
        reason = f"height_px: {recipe.width_px}x{recipe.height_px} is no shape of a clip"
        found.append((reason, "Choose one such as 1080x1920, 1080x1350, 1080x1080 or 1920x1080."))
    if recipe.faces is not None and recipe.b_roll is not None:
        reason = "b_roll: nobody looks for faces in the pictures of others, and faces are hidden"
        found.append((reason, "Leave b_roll or faces out."))
    if recipe.min_duration_s > recipe.max_duration_s:
        reason = f"min_duration_s: {recipe.min_duration_s} is above max_duration_s"
        found.append((reason, f"Choose one of at most {recipe.max_duration_s}."))
    if recipe.min_moment_s is not None and recipe.min_moment_s > recipe.max_duration_s:
        reason = f"min_moment_s: {recipe.min_moment_s} is above max_duration_s"
        found.append((reason, f"Choose one of at most {recipe.max_duration_s}."))
    return found + _contradictions_inside(recipe)


def _contradictions_inside(recipe: Recipe) -> list[tuple[str, str]]:
    """The same, of what has parts of its own."""
    found = []
    if recipe.b_roll is not None and recipe.b_roll.shortest_s > recipe.b_roll.longest_s:
        reason = f"b_roll.shortest_s: {recipe.b_roll.shortest_s} is above longest_s"
        found.append((reason, f"Choose one of at most {recipe.b_roll.longest_s}."))
    for number, planned in enumerate(recipe.filters):
        for parameter, value in planned.parameters.items():
            if isinstance(value, Between) and value.least > value.most:
                reason = f"filters.{number}.parameters.{parameter}: least is above most"
                found.append((reason, f"Choose a least of at most {value.most}."))
    return found
