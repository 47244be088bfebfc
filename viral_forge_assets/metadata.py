"""The metadata that every materialization owes: what was made, how much, from what."""

import base64
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import dagster as dg

from viral_forge_resources.contracts.media import ClipFacts, MediaProbe
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.contracts.storage import StoredFile
from viral_forge_resources.contracts.studio import ProgressDisplay, Studio
from viral_forge_resources.contracts.works import RenderedClip
from viral_forge_resources.state.artefacts import artefact_id

Metadata = dict[str, Any]
THUMBNAIL_BYTES = 12_000
"""Of an embedded picture: kept with every materialization, so it is small."""


def file_metadata(stored: StoredFile, *, reused: bool = False) -> Metadata:
    """Where a stored file is and what it holds."""
    facts: Metadata = {
        "uri": dg.MetadataValue.text(stored.uri),
        "bytes": stored.size_bytes,
        "sha256": stored.sha256,
    }
    return facts | ({"reused": True} if reused else {})


def media_metadata(media: MediaProbe | ClipFacts) -> Metadata:
    """Length, size and rate of a video."""
    return {
        "duration_s": round(media.duration_s, 3),
        "width_px": media.width_px,
        "height_px": media.height_px,
        "fps": round(float(Fraction(media.fps)), 3),
    }


def clip_metadata(
    rendered: RenderedClip, studio: Studio, thumbnail: bytes, *, is_reused: bool
) -> Metadata:
    """What a clip looks like, where it plays, what it is and what it cost.

    The first clip's keys are plain; those of others start with their number.
    """
    sheet_url = studio.preview_url(artefact_id(rendered.sheet.key))
    player_url = studio.player_url(artefact_id(rendered.video.key))
    facts: Metadata = {
        "contact_sheet": picture(sheet_url, alt="frames of the clip", opens=player_url),
        "play": dg.MetadataValue.url(player_url),
        **file_metadata(rendered.video, reused=is_reused),
        **media_metadata(rendered.probe),
        "contact_sheet_embedded": embedded_picture(thumbnail, alt="frames of the clip"),
        "render_cpu_s": round(rendered.report.cpu_s, 2),
        "render_wall_s": round(rendered.report.wall_s, 2),
        "encoder": rendered.report.encoder,
        "encoder_note": rendered.report.encoder_note or "as it was asked for",
        "timeline": dg.MetadataValue.url(studio.picture_url(artefact_id(rendered.timeline.key))),
        "warnings": "; ".join(rendered.report.warnings) or "none",
    }
    prefix = "" if rendered.number == 1 else f"clip_{rendered.number}_"
    return {f"{prefix}{name}": value for name, value in facts.items()}


def table_metadata(*, rows: int, rows_read: int, rows_new: int, **more: int | str) -> Metadata:
    """How many rows there are, were read and are new."""
    return {"dagster/row_count": rows, "rows_read": rows_read, "rows_new": rows_new, **more}


def picture(picture_url: str, *, alt: str, opens: str) -> dg.MarkdownMetadataValue:
    """A picture that shows inline in the UI and opens ``opens`` on a click.

    The UI hides Markdown of 1,000 characters or more behind a click, so this is a link to the
    console, not the picture itself.
    """
    return dg.MetadataValue.md(f"[![{alt}]({picture_url})]({opens})")


def embedded_picture(jpeg: bytes, *, alt: str) -> dg.MarkdownMetadataValue:
    """The picture itself, behind a click: it shows where the console is not running."""
    encoded = base64.b64encode(jpeg).decode()
    return dg.MetadataValue.md(f"![{alt}](data:image/jpeg;base64,{encoded})")


def markdown_table(rows: Sequence[Mapping[str, object]]) -> dg.MarkdownMetadataValue:
    """Rows as a Markdown table; text from outside cannot leave its cell, absent is a dash.

    A ``dg.UrlMetadataValue`` can be clicked on; whoever gives one has quoted what ends a link.
    """
    if not rows:
        return dg.MetadataValue.md("*none*")
    header = list(rows[0])
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_cell(row[name]) for name in header) + " |" for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def logged_progress(
    context: dg.AssetExecutionContext, doing: str, display: ProgressDisplay
) -> ProgressCallback:
    """A callback that moves the terminal's bar and, at every tenth, writes one into the log."""
    tenths_said = 0

    def on_progress(share: float) -> None:
        nonlocal tenths_said
        display(doing, share)
        tenths = int(share * 10)
        if tenths > tenths_said:
            tenths_said = tenths
            bar = "#" * tenths + "." * (10 - tenths)
            context.log.info("%s [%s] %d %%", doing, bar, tenths * 10)

    return on_progress


def _cell(value: object) -> str:
    if isinstance(value, dg.UrlMetadataValue):
        return f"[open]({value.url})"
    text = "-" if value is None else str(value)
    text = " ".join(text.split())
    for character in "\\|`*_[]<>!":
        text = text.replace(character, f"\\{character}" if character not in "<>" else " ")
    return text
