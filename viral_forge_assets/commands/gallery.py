"""``viral-forge gallery``: contact sheets of every filter, every recipe, every caption style."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

import viral_forge_resources.voices
from viral_forge_assets import definitions, filters
from viral_forge_assets.commands.terminal import say, told_plainly
from viral_forge_assets.domain.ass import to_ass
from viral_forge_assets.domain.caption_styles import CaptionStyle
from viral_forge_assets.domain.captioning import caption_lines
from viral_forge_assets.domain.placement import limits_of, place_captions
from viral_forge_assets.domain.recipes import Recipe, recipe_hash
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_assets.domain.variation import PlannedFilter, drawn_filters
from viral_forge_assets.filters._compose import filter_chains
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.filters import FilterContext
from viral_forge_resources.contracts.media import (
    CropKey,
    Framing,
    FramingMode,
    MediaProbe,
    RenderSpec,
    Stretch,
    Word,
)
from viral_forge_resources.media.font_chain import FontChain
from viral_forge_resources.media.probe import probe
from viral_forge_resources.media.renderer import FfmpegRenderer
from viral_forge_resources.media.sample import make_sample
from viral_forge_resources.media.tiles import Still, labelled_sheet, most_changed, stills
from viral_forge_resources.plugins import open_plugin, plugin_names
from viral_forge_resources.settings import in_home

_WIDTH_PX = 540
_USUAL_SIZE = (_WIDTH_PX, 960)
_FPS = Fraction(24)
_LENGTH_S = 1.5
_SAID = ("Every", "word", "in", "its", "time")


def gallery(
    video: Annotated[
        Path | None, typer.Option(envvar="VIDEO", help="Your own video; else a sample is made.")
    ] = None,
    at_s: Annotated[float, typer.Option("--at", min=0, help="From which second on.")] = 10.5,
    only: Annotated[
        list[str] | None,
        typer.Option(help="A filter, recipe or caption style; several; none: all."),
    ] = None,
) -> None:
    """Show every filter, recipe and caption style on a second and a half of a video."""
    with told_plainly():
        folder = in_home("gallery")
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".gallery-", dir=folder) as scratch:
            source = video or _sample(Path(scratch))
            for path in draw_sheets(source, folder, Path(scratch), at_s=at_s, only=only):
                say(f"{path}")


def draw_sheets(
    source: Path, folder: Path, scratch: Path, *, at_s: float, only: Sequence[str] | None = None
) -> Iterator[Path]:
    """A sheet of filters, one of recipes and one of captions, written to ``folder``.

    Raises:
        BadInput: ``only`` names something that is none of them; or ``source`` is no playable video.
    """
    known = {
        "filters": plugin_names(filters),
        "recipes": tuple(definitions.shipped_recipes()),
        "captions": tuple(definitions.shipped_caption_styles()),
    }
    _require_known(only or (), [name for names in known.values() for name in names])
    facts = probe(source, name=source.name)
    room = _Darkroom(source=source, facts=facts, scratch=scratch, at_s=at_s)
    draw = {"filters": room.filters, "recipes": room.recipes, "captions": room.captions}
    for kind, names in known.items():
        shown = [name for name in names if not only or name in only]
        if shown:
            target = folder / f"{kind}-{source.stem}.jpg"
            labelled_sheet(list(draw[kind](shown)), target, title=f"{kind} · {source.name}")
            yield target


def _require_known(only: Sequence[str], known: Sequence[str]) -> None:
    for name in only:
        if name not in known:
            raise BadInput(
                name,
                reason="is no filter, no recipe and no caption style",
                remedy=f"There are: {', '.join(known)}.",
            )


def _sample(folder: Path) -> Path:
    return make_sample(folder, open_plugin(viral_forge_resources.voices, "espeak")).video


@dataclass(frozen=True, slots=True, kw_only=True)
class _Darkroom:
    """Renders the same moment of one video in many ways."""

    source: Path
    facts: MediaProbe
    scratch: Path
    at_s: float

    def filters(self, names: Sequence[str]) -> Iterator[tuple[str, Still]]:
        """Label and still of each filter with its defaults, behind one without any."""
        untouched = self._rendered((), FramingMode.CROP)
        yield "untouched", untouched[len(untouched) // 2]
        for name in names:
            shown = self._rendered((PlannedFilter(name=name),), FramingMode.CROP)
            yield name, most_changed(shown, untouched)

    def recipes(self, names: Sequence[str]) -> Iterator[tuple[str, Still]]:
        """Label and still of each shipped recipe, without captions."""
        shipped = definitions.shipped_recipes()
        for recipe in (shipped[name] for name in names):
            size = _size(recipe)
            untouched = self._rendered((), recipe.framing, size)
            shown = self._rendered(_drawn(recipe), recipe.framing, size)
            yield recipe.name, most_changed(shown, untouched)

    def captions(self, names: Sequence[str]) -> Iterator[tuple[str, Still]]:
        """Label and still of each caption style, amid what it shows."""
        styles, fonts = definitions.shipped_caption_styles(), FontChain()
        for name in names:
            track = self.scratch / "captions.ass"
            track.write_text(_caption_track(styles[name], fonts))
            shown = self._rendered((), FramingMode.CROP, captions=track)
            yield name, shown[len(shown) // 2]

    def _rendered(
        self,
        planned: tuple[PlannedFilter, ...],
        mode: FramingMode,
        size: tuple[int, int] = _USUAL_SIZE,
        *,
        captions: Path | None = None,
    ) -> tuple[Still, ...]:
        spec = self._spec(mode, size)
        context = FilterContext(
            width_px=spec.width_px,
            height_px=spec.height_px,
            fps=_FPS,
            frames=round(spec.segments[0].duration_s * _FPS),
            source_width_px=spec.framing.width_px,
            texts=(),
            speech=(),
        )
        chains = filter_chains([(each.name, each.parameters) for each in planned], context)
        target = self.scratch / "tile.mp4"
        FfmpegRenderer().render(
            self.source,
            target,
            spec=replace(spec, source_filters=chains.source, frame_filters=chains.frame),
            captions=captions,
            on_progress=lambda _share: None,
        )
        return stills(target)

    def _spec(self, mode: FramingMode, size: tuple[int, int]) -> RenderSpec:
        start_s = min(self.at_s, max(0.0, self.facts.duration_s - _LENGTH_S))
        end_s = min(start_s + _LENGTH_S, self.facts.duration_s)
        return RenderSpec(
            segments=(Stretch(start_s=start_s, end_s=end_s),),
            width_px=size[0],
            height_px=size[1],
            fps=_FPS,
            framing=_framing(self.facts, mode, Fraction(*size)),
            is_hdr=self.facts.is_hdr,
            has_sound=False,
            crf=16,
        )


def _caption_track(style: CaptionStyle, fonts: FontChain) -> str:
    frame = Frame(width_px=_USUAL_SIZE[0], height_px=_USUAL_SIZE[1])
    step_s = _LENGTH_S / len(_SAID)
    words = [
        Word(text=text, start_s=step_s * number, end_s=step_s * (number + 1))
        for number, text in enumerate(_SAID)
    ]
    lines = caption_lines(
        words, limits_of(style, frame), lambda text: fonts.width(style.shown(text))
    )
    placed = place_captions(lines, style, frame, fonts.width)
    return to_ass(placed, style, frame=frame, family=fonts.family())


def _drawn(recipe: Recipe) -> tuple[PlannedFilter, ...]:
    return drawn_filters(recipe.filters, recipe_hash(recipe), "gallery", 1)


def _size(recipe: Recipe) -> tuple[int, int]:
    return _WIDTH_PX, round(_WIDTH_PX * recipe.height_px / recipe.width_px / 2) * 2


def _framing(facts: MediaProbe, mode: FramingMode, shape: Fraction) -> Framing:
    """The middle of the picture, or all of it."""
    if mode is FramingMode.FIT:
        return Framing(mode=mode, width_px=facts.width_px, height_px=facts.height_px)
    width_px = min(facts.width_px, int(facts.height_px * shape)) // 2 * 2
    height_px = min(facts.height_px, int(width_px / shape)) // 2 * 2
    corner = CropKey(
        at_s=0.0,
        x_px=(facts.width_px - width_px) // 4 * 2,
        y_px=(facts.height_px - height_px) // 4 * 2,
    )
    return Framing(mode=mode, width_px=width_px, height_px=height_px, path=(corner,))
