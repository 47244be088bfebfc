"""Exports of the platforms' studios become numbers of our posts, or an error that says why not."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.builders import post_text, publication, sha256
from viral_forge_resources.contracts.errors import BadInput, Transient
from viral_forge_resources.contracts.publishing import PostMetric, Publication, PublicationState
from viral_forge_resources.publishers import _studio_numbers as numbers
from viral_forge_resources.publishers.folder import FolderPublisher

EXPORTED_AT = datetime(2026, 11, 19, 8, 30, tzinfo=UTC)

YOUTUBE = """\
Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,\
Average view duration,Average percentage viewed (%),Impressions,\
Impressions click-through rate (%),Likes,Comments added,Shares,Estimated revenue (USD)
Total,,,,"14,000",99.5,15,0:24,55,90000,4.1,900,40,11,3.5
abcDEF12345,Pasta in five minutes,"Nov 12, 2026",45,"12,500",2.5,-3,0:00:41,88.4,40000,,700,30,,1.25
zzzzzzzzzzz,A video of somebody else,"Nov 1, 2026",30,50,1,0,0:05,10,900,1,1,1,1,0
"""
TIKTOK = """\
Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views,\
Average watch time,Watched full video,Add to Favorites
Pasta in  five minutes,https://www.tiktok.com/@ada/video/1,2026-11-12,300,22,15,5000,12.5,31%,40
"""
META = """\
Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,\
Post type,Data comment,Date,Views,Reach,Likes,Shares,Follows,Comments,Saves
1801,17,ada,Ada,"Pasta in five minutes

Boil, stir, eat.

#pasta",44,11/12/2026 08:31,https://www.instagram.com/reel/x/,IG reel,,\
Lifetime,"1,520",980,85,4,2,7,31
"""


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    folder.mkdir()
    return folder


@pytest.fixture
def reader(reports: Path, tmp_path: Path) -> FolderPublisher:
    return FolderPublisher(path=tmp_path / "published", reports=reports)


def _posted(**changes: object) -> Publication:
    return publication(**{"state": PublicationState.PUBLISHED, **changes})


def _write(reports: Path, content: str | bytes, name: str = "Table data.csv") -> Path:
    path = reports / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (EXPORTED_AT.timestamp() + 0.25, EXPORTED_AT.timestamp() + 0.25))
    return path


def _values(metrics: tuple[PostMetric, ...]) -> dict[str, float | None]:
    return {metric.metric: metric.value for metric in metrics}


def test_a_youtube_export_gives_every_number_of_our_post_and_none_of_others(reader, reports):
    _write(reports, YOUTUBE)
    metrics = reader.read((_posted(),))
    assert {metric.publication_id for metric in metrics} == {_posted().publication_id}
    assert _values(metrics) == {
        "views": 12_500,
        "watch_time": 9_000,
        "followers": -3,
        "average_view_duration": 41,
        "average_share_viewed": pytest.approx(0.884),
        "impressions": 40_000,
        "click_through_rate": None,
        "likes": 700,
        "comments": 30,
        "shares": None,
        "estimated_revenue": 1.25,
    }


def test_every_number_says_its_unit_moment_definition_and_source(reader, reports):
    _write(reports, YOUTUBE)
    found = {metric.metric: metric for metric in reader.read((_posted(),))}
    assert found["views"].unit == "count"
    assert found["watch_time"].unit == "s"
    assert found["average_share_viewed"].unit == "ratio"
    assert found["estimated_revenue"].unit == "USD"
    assert found["views"].as_of == EXPORTED_AT
    assert found["views"].definition.startswith("YouTube Studio 'Views' v1")
    assert "time of the file" in found["views"].definition
    assert found["views"].source == "YouTube Studio: 'Table data.csv'"


def test_an_empty_cell_is_absent_with_a_reason_and_never_zero(reader, reports):
    _write(reports, YOUTUBE)
    shares = next(m for m in reader.read((_posted(),)) if m.metric == "shares")
    assert shares.value is None
    assert shares.reason == "YouTube Studio left 'Shares' empty"


def test_a_tiktok_export_is_understood(reader, reports):
    _write(reports, TIKTOK)
    values = _values(reader.read((_posted(),)))
    assert values == {
        "views": 5_000,
        "likes": 300,
        "comments": 22,
        "shares": 15,
        "saves": 40,
        "average_view_duration": 12.5,
        "share_completed": pytest.approx(0.31),
    }


def test_an_instagram_export_is_matched_by_the_caption_as_it_was_pasted(reader, reports):
    _write(reports, META)
    values = _values(reader.read((_posted(),)))
    assert values["views"] == 1_520
    assert values["saves"] == 31


def test_a_table_of_ones_own_is_matched_by_publication_id(reader, reports):
    post = _posted()
    _write(reports, f"publication_id,views,as of\n{post.publication_id},7,2026-11-18\n")
    (metric,) = reader.read((post,))
    assert (metric.value, metric.as_of) == (7, datetime(2026, 11, 18, tzinfo=UTC))
    assert "as of: column" in metric.definition


def test_reading_the_same_file_twice_gives_the_same_numbers(reader, reports):
    _write(reports, YOUTUBE)
    assert reader.read((_posted(),)) == reader.read((_posted(),))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + TIKTOK.encode(),
        TIKTOK.encode("utf-16"),
        TIKTOK.replace(",", ";").encode(),
        TIKTOK.replace(",", "\t").encode("utf-16"),
        TIKTOK.replace("\n", "\r\n").encode(),
        TIKTOK.replace("Total views", "  TOTAL   VIEWS ").encode(),
        TIKTOK.replace("\n", ",,\n").encode(),
        (TIKTOK + "\n,,,,,,,,,\n").encode(),
    ],
    ids=["bom", "utf-16", "semicolon", "tab", "crlf", "spelling", "blank columns", "blank rows"],
)
def test_it_does_not_matter_which_program_wrote_the_file(reader, reports, content):
    _write(reports, content)
    assert _values(reader.read((_posted(),)))["views"] == 5_000


def test_semicolons_come_with_decimal_commas(reader, reports):
    post = _posted()
    _write(reports, f"publication_id;views;watch_time\n{post.publication_id};1.234.567;3,5\n")
    assert _values(reader.read((post,))) == {"views": 1_234_567, "watch_time": 3.5}


def test_an_unknown_header_is_named_with_the_file_and_a_remedy(reader, reports):
    _write(reports, YOUTUBE.replace("Likes", "Aplausos"))
    with pytest.raises(BadInput, match=r"'Table data.csv': the column 'Aplausos'.*x-") as caught:
        reader.read((_posted(),))
    assert "Comments added" in caught.value.reason


def test_a_column_marked_with_x_is_ignored(reader, reports):
    _write(reports, YOUTUBE.replace("Likes", "x-Aplausos"))
    assert "likes" not in _values(reader.read((_posted(),)))


@pytest.mark.parametrize("cell", ["1.2K", "many", "nan", "1e5", "12.5", "1.000", "-4", "٣", "0x10"])
def test_a_count_that_is_none_names_file_row_and_column(reader, reports, cell):
    _write(reports, TIKTOK.replace("5000", cell))
    with pytest.raises(BadInput, match=r"'Table data.csv': row 2, column 'Total views': '.+' "):
        reader.read((_posted(),))


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n\n",
        "Date,Views\n2026-11-01,5\n",
        "Video title,Video link,Total views\nPasta,x\n",
        "Video title,Video link,Total views\nPasta,x,1,2\n",
        'Video title,Video link,Total views\n"Pasta,x,1\n',
        "Video title,Video link,Total views,Total views\nPasta,x,1,1\n",
        b"PK\x03\x04\0\0\0",
        b"Video title,Video link\n\xff\xfe\xfa,x\n",
        b"Video title,Video link\n" + b"x" * 20_000_000,
    ],
    ids=["0", "blank", "no post", "short", "long", "quote", "twice", "zip", "latin", "huge"],
)
def test_a_file_that_is_no_report_is_refused_by_name(reader, reports, content):
    _write(reports, content)
    with pytest.raises(BadInput, match=r"^'Table data\.csv': "):
        reader.read((_posted(),))


def test_counts_of_single_days_are_not_taken_for_totals(reader, reports):
    _write(reports, META.replace("Lifetime", "11/12/2026"))
    with pytest.raises(BadInput, match="counts one day"):
        reader.read((_posted(),))


def test_a_title_that_two_posts_have_is_refused_and_names_both(reader, reports):
    one = _posted(channel_id="folder:main")
    two = _posted(channel_id="folder:other")
    _write(reports, YOUTUBE)
    with pytest.raises(BadInput) as caught:
        reader.read((one, two))
    assert one.publication_id in caught.value.reason
    assert two.publication_id in caught.value.reason


def test_a_file_in_a_channels_folder_speaks_of_that_channel(reader, reports):
    one = _posted(channel_id="folder:main")
    two = _posted(channel_id="folder:other")
    _write(reports, YOUTUBE, "other/Table data.csv")
    assert {metric.publication_id for metric in reader.read((one, two))} == {two.publication_id}


def test_a_channel_column_tells_posts_of_one_title_apart(reader, reports):
    one = _posted(channel_id="folder:main")
    two = _posted(channel_id="folder:other")
    _write(reports, "title,channel,views\nPasta in five minutes,other,9\n", "mine.csv")
    (metric,) = reader.read((one, two))
    assert (metric.publication_id, metric.value) == (two.publication_id, 9)


def test_two_rows_of_one_post_are_refused(reader, reports):
    _write(reports, TIKTOK + TIKTOK.splitlines()[1] + "\n")
    with pytest.raises(BadInput, match="rows 2 and 3"):
        reader.read((_posted(),))


def test_a_row_of_nobody_here_is_nobodys(reader, reports):
    _write(reports, YOUTUBE)
    strangers = _posted(text=post_text(title="pasta in five minutes"))
    assert reader.read((strangers,)) == ()


def test_only_posts_that_are_live_have_numbers(reader, reports):
    _write(reports, YOUTUBE)
    assert reader.read((publication(state=PublicationState.PLANNED),)) == ()


def test_a_publication_id_counts_more_than_a_title(reader, reports):
    mine = _posted(content_sha256=sha256("one"), text=post_text(title="A"))
    other = _posted(content_sha256=sha256("two"), text=post_text(title="B"))
    _write(reports, f"publication_id,title,views\n{other.publication_id},A,5\n")
    assert {m.publication_id for m in reader.read((mine, other))} == {other.publication_id}


def test_without_a_reports_folder_there_are_no_numbers(reader, reports):
    reports.rmdir()
    assert reader.read((_posted(),)) == ()


def test_other_files_in_the_folder_are_left_alone(reader, reports):
    _write(reports, "not a table", "notes.txt")
    _write(reports, "not a table", "._Table data.csv")
    (reports / "folder.csv").mkdir()
    assert reader.read((_posted(),)) == ()


def test_reports_that_cannot_be_read_are_transient(reader, reports):
    reports.rmdir()
    reports.write_text("a file is in the way")
    with pytest.raises(Transient):
        reader.read((_posted(),))


@pytest.mark.parametrize(
    ("cell", "mark", "expected"),
    [
        ("1,234,567", ".", 1_234_567),
        ("1.234.567", ",", 1_234_567),
        ("1 234 567", ".", 1_234_567),
        ("1\u202f234", ".", 1_234),
        ("1'234", ".", 1_234),
        ("12.0", ".", 12),
        ("+3", ".", 3),
    ],
)
def test_thousands_may_be_parted_in_any_countrys_way(cell, mark, expected):
    assert numbers.count(cell, mark) == expected


@pytest.mark.parametrize("cell", ["1,23", "12,34,567", "1,2345", "0,500", "1.2.3", "", "1 23"])
def test_what_could_be_read_in_two_ways_is_no_number(cell):
    with pytest.raises(ValueError, match="is no"):
        numbers.number(cell, ".")


@pytest.mark.parametrize(
    ("cell", "expected"), [("0:45", 45), ("1:02:03", 3_723), ("0:00:41", 41), ("12.5", 12.5)]
)
def test_durations_are_seconds(cell, expected):
    assert numbers.seconds(cell, ".") == expected


def test_a_share_above_one_without_a_sign_is_refused():
    assert numbers.share("0.31", ".") == pytest.approx(0.31)
    with pytest.raises(ValueError, match="per cent"):
        numbers.share("31", ".")
