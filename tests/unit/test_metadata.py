"""What a materialization tells: facts in plain numbers, pictures, and nobody else's Markdown."""

import base64
import re
from collections.abc import Mapping
from fractions import Fraction

import dagster as dg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import sha256
from viral_forge_assets.metadata import (
    THUMBNAIL_BYTES,
    clip_metadata,
    embedded_picture,
    file_metadata,
    logged_progress,
    markdown_table,
    media_metadata,
    picture,
    table_metadata,
)
from viral_forge_resources.contracts.media import MediaProbe, RenderReport
from viral_forge_resources.contracts.media_ports import FetchLimits
from viral_forge_resources.contracts.storage import StoredFile
from viral_forge_resources.contracts.studio import Studio
from viral_forge_resources.contracts.works import RenderedClip

_STUDIO = Studio(
    recipe="clean",
    requires_approval=True,
    fetch_limits=FetchLimits(max_bytes=1, max_duration_s=1, max_pixels=1, deadline_s=1),
    console_url="http://127.0.0.1:3001",
)
_PROBE = MediaProbe(
    container="mp4",
    duration_s=12.34567,
    width_px=1080,
    height_px=1920,
    rotation_deg=0,
    pixel_aspect=Fraction(1),
    fps=Fraction(30000, 1001),
    is_variable_rate=False,
    is_hdr=False,
    video_codec="h264",
    pixel_format="yuv420p",
    start_s=0,
)
_INLINE = 1_000  # characters of Markdown that the UI shows without a click


def stored(file: str) -> StoredFile:
    return StoredFile(
        key=f"cooking/inbox/pasta/transform/{file}",
        uri=f"file:///studio/{file}",
        size_bytes=4,
        sha256=sha256(file),
    )


def rendered(*, number: int = 1, warnings: tuple[str, ...] = ()) -> RenderedClip:
    return RenderedClip(
        number=number,
        plan_hash=sha256("plan"),
        video=stored(f"clip-{number}.mp4"),
        sheet=stored(f"clip-{number}-sheet.jpg"),
        cover=stored(f"clip-{number}-cover.jpg"),
        timeline=stored(f"clip-{number}.otio"),
        probe=_PROBE,
        report=RenderReport(
            encoder="libx264", build="9.0", cpu_s=3.456, wall_s=1.234, warnings=warnings
        ),
    )


def test_a_file_tells_where_it_is_and_what_it_holds():
    facts = file_metadata(stored("clip-1.mp4"))

    assert facts == {
        "uri": dg.MetadataValue.text("file:///studio/clip-1.mp4"),
        "bytes": 4,
        "sha256": sha256("clip-1.mp4"),
    }


def test_a_file_that_was_there_already_says_so():
    assert file_metadata(stored("clip-1.mp4"), reused=True)["reused"] is True


def test_a_video_tells_its_length_size_and_rate():
    assert media_metadata(_PROBE) == {
        "duration_s": 12.346,
        "width_px": 1080,
        "height_px": 1920,
        "fps": 29.97,
    }


def test_a_table_tells_its_rows():
    assert table_metadata(rows=3, rows_read=5, rows_new=1, refused=2) == {
        "dagster/row_count": 3,
        "rows_read": 5,
        "rows_new": 1,
        "refused": 2,
    }


def test_a_clip_shows_its_picture_inline_and_links_to_the_player():
    facts = clip_metadata(rendered(), _STUDIO, b"jpeg", is_reused=False)

    sheet = facts["contact_sheet"].value
    assert re.fullmatch(
        r"\[!\[[^]]+\]\(http://127\.0\.0\.1:3001/s/\w{10}\)\]\(http://127\.0\.0\.1:3001/clip/\w{10}\)",
        sheet,
    )
    assert len(sheet) < _INLINE
    assert facts["play"].value in sheet
    assert next(iter(facts)) == "contact_sheet"


def test_a_clip_tells_what_it_is_and_what_it_cost():
    facts = clip_metadata(rendered(warnings=("a", "b")), _STUDIO, b"jpeg", is_reused=False)

    assert (facts["bytes"], facts["duration_s"], facts["encoder"]) == (4, 12.346, "libx264")
    assert (facts["render_cpu_s"], facts["render_wall_s"]) == (3.46, 1.23)
    assert facts["warnings"] == "a; b"
    assert "reused" not in facts


def test_two_clips_of_a_candidate_tell_under_names_of_their_own():
    first = clip_metadata(rendered(), _STUDIO, b"jpeg", is_reused=False)
    second = clip_metadata(rendered(number=2), _STUDIO, b"jpeg", is_reused=True)

    assert not set(first) & set(second)
    assert second["clip_2_reused"] is True


def test_every_fact_of_a_clip_can_be_told_to_dagster():
    facts = clip_metadata(rendered(), _STUDIO, b"jpeg", is_reused=True)

    told = dg.AssetMaterialization("rendered_clips", metadata=facts).metadata

    assert set(told) == set(facts)


def test_an_embedded_picture_is_the_picture():
    jpeg = bytes(range(256)) * (THUMBNAIL_BYTES // 256)

    shown = embedded_picture(jpeg, alt="frames").value or ""

    encoded = shown.removeprefix("![frames](data:image/jpeg;base64,").removesuffix(")")
    assert base64.b64decode(encoded) == jpeg


def test_a_picture_opens_what_it_is_told_to():
    shown = picture("http://c/s/1", alt="frames", opens="http://c/clip/2")

    assert shown.value == "[![frames](http://c/s/1)](http://c/clip/2)"


def table(rows: list[Mapping[str, object]]) -> str:
    return markdown_table(rows).value or ""


def test_rows_are_a_table_and_absent_is_a_dash():
    assert table([{"post": 1, "views": None}, {"post": 2, "views": 0}]).splitlines() == [
        "| post | views |",
        "|---|---|",
        "| 1 | - |",
        "| 2 | 0 |",
    ]


def test_no_rows_are_said_to_be_none():
    assert table([]) == "*none*"


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a | b", r"a \| b"),
        ("two\n\nlines\r\n| x |", r"two lines \| x \|"),
        ("[click](http://evil.example)", r"\[click\](http://evil.example)"),
        ("![x](http://evil.example/spy.png)", r"\!\[x\](http://evil.example/spy.png)"),
        ("<img src=x onerror=alert(1)>", "img src=x onerror=alert(1)"),
        ("`code` *bold* _it_", r"\`code\` \*bold\* \_it\_"),
        ("ends in \\", r"ends in \\"),
    ],
)
def test_text_from_outside_does_not_leave_its_cell(text, cell):
    assert table([{"title": text, "state": "planned"}]).splitlines()[-1] in {
        f"| {cell} | planned |",
        f"|  {cell}  | planned |",
    }


@given(st.text(max_size=40))
def test_any_text_is_one_cell_of_one_line(text):
    lines = table([{"title": text, "state": "planned"}]).split("\n")

    assert len(lines) == 3
    unescaped = re.sub(r"\\.", "", lines[-1])
    assert unescaped.count("|") == 3
    assert not set("<>") & set(unescaped)


def test_progress_is_a_bar_in_the_terminal_and_ten_lines_in_the_log():
    told: list[tuple[str, float]] = []

    def log_of_run() -> list[str]:
        @dg.asset
        def clip(context: dg.AssetExecutionContext) -> None:
            on_progress = logged_progress(context, "rendering", lambda *said: told.append(said))
            for step in range(101):
                on_progress(step / 100)

        with dg.DagsterInstance.ephemeral() as instance:
            result = dg.materialize(
                [clip],
                instance=instance,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
            return [
                entry.user_message
                for entry in instance.all_logs(result.run_id)
                if entry.user_message.startswith("rendering")
            ]

    lines = log_of_run()

    assert told == [("rendering", step / 100) for step in range(101)]
    assert lines[0] == "rendering [#.........] 10 %"
    assert lines[-1] == "rendering [##########] 100 %"
    assert len(lines) == 10
