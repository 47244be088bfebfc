"""Printed reports need nothing but themselves, run nothing, and are the same for the same data."""

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser

import pypdfium2
import pytest
from PIL import Image
from pyarrow import parquet

from tests.results import HOSTILE, fill
from viral_forge_assets.domain.report import build
from viral_forge_assets.reports import read_inputs
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.reports import Report, ReportFiles, Section, Table
from viral_forge_resources.reports.pictures import svg
from viral_forge_resources.reports.press import Press
from viral_forge_resources.reports.style import writable
from viral_forge_resources.reports.tables import as_csv, as_parquet


@pytest.fixture(scope="module")
def report(sqlite_template, tmp_path_factory) -> Report:
    import shutil

    from viral_forge_resources.state.engine import open_engine

    path = tmp_path_factory.mktemp("studio") / "state.db"
    shutil.copyfile(sqlite_template, path)
    state = open_engine(f"sqlite:///{path}")
    fill(state)
    with state.connect() as connection:
        return build(read_inputs(connection, date(2026, 11, 19), Prices()))


@pytest.fixture(scope="module")
def files(report) -> ReportFiles:
    return Press().printed(report)


class _Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.styled = 0
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        told = dict(attrs)
        self.styled += "style" in told
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told[name] for name in ("href", "src", "xlink:href") if told.get(name)]


def test_the_page_fetches_nothing_and_runs_nothing(files):
    page = _Page(files.page.decode())
    assert not page.tags & {"script", "link", "img", "iframe", "object", "foreignobject"}
    assert all(re.fullmatch(r"#[\w.-]+|[a-z]+\.(pdf|csv|parquet)", link) for link in page.links)
    assert "url(http" not in files.page.decode()


def test_the_page_keeps_its_own_content_policy(files):
    text = files.page.decode()
    assert "default-src &#39;none&#39;; style-src &#39;sha256-" in text
    assert _Page(text).styled == 0


def test_no_id_of_a_page_is_there_twice(files):
    ids = _Page(files.page.decode()).ids
    assert len(ids) == len(set(ids))


def test_a_hostile_title_is_text_everywhere(report):
    table = Table(name="t", title=HOSTILE, columns=("a",), rows=((HOSTILE,),))
    section = Section(name="bad", title=HOSTILE, sentence=HOSTILE, table=table)
    files = Press().printed(
        Report(day=report.day, title=HOSTILE, headlines=(), sections=(section,), exports=(table,))
    )
    assert b"<script>" not in files.page
    assert b"&lt;script&gt;alert(1)&lt;/script&gt;" in files.page
    (cell,) = list(csv.reader(io.StringIO(files.tables["t.csv"].decode("utf-8-sig"))))[1]
    assert cell == f"'{HOSTILE}"
    assert parquet.read_table(io.BytesIO(files.tables["t.parquet"])).to_pylist() == [{"a": HOSTILE}]
    assert "$\\frac{1}{0}$" in _words(files.paper)


def test_a_hostile_name_stays_text_in_a_picture(report):
    section = next(section for section in report.sections if section.name == "queue")
    chart = section.chart
    assert chart is not None
    from dataclasses import replace

    names = ("<script>x</script>", "$a_{", "\u6599\u7406\x00")
    drawn = svg(replace(chart, categories=names), name="queue", title='"><script>')
    assert "<script" not in drawn
    assert "&lt;script&gt;x" in drawn


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "\ufeff=", "\n="])
def test_a_spreadsheet_runs_no_cell(start):
    text = as_csv(Table(name="t", title="t", columns=("a",), rows=((f"{start}1+1",),)))
    (_, (cell,)) = csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""))
    assert cell == f"'{start}1+1"


def test_negative_numbers_stay_numbers():
    table = Table(name="t", title="t", columns=("a", "b"), rows=((-1.5, None), (2.0, 3)))
    assert as_csv(table).decode("utf-8-sig").splitlines() == ["a,b", "-1.5,", "2.0,3"]
    rows = parquet.read_table(io.BytesIO(as_parquet(table))).to_pylist()
    assert rows == [{"a": -1.5, "b": None}, {"a": 2.0, "b": 3}]


def test_the_same_report_gives_the_same_bytes(report, files):
    assert Press().printed(report) == files


def _words(paper: bytes) -> str:
    document = pypdfium2.PdfDocument(paper)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_the_paper_is_a4_and_holds_every_section(report, files):
    document = pypdfium2.PdfDocument(files.paper)
    assert {tuple(round(side) for side in page.get_size()) for page in document} == {(595, 842)}
    words = _words(files.paper)
    assert all(section.title in words for section in report.sections)
    assert f"{len(document)} of {len(document)}" in words


def test_nothing_stands_beyond_the_papers_margin(files):
    for page in pypdfium2.PdfDocument(files.paper):
        shown = page.render(scale=1).to_pil().convert("L")
        right = shown.crop((shown.width - 40, 0, shown.width, shown.height))
        assert right.getextrema()[0] > 200


def test_pictures_of_the_ui_are_small(files):
    assert set(files.pictures) >= {"retention", "growth", "funnel", "money"}
    for picture in files.pictures.values():
        assert len(picture) < 20_000
        assert Image.open(io.BytesIO(picture)).width > 400


def test_an_empty_report_is_printed_too(sqlite_state):
    with sqlite_state.connect() as connection:
        empty = build(read_inputs(connection, date(2026, 11, 19), Prices()))
    files = Press().printed(empty)
    assert files.pictures == {}
    assert "not known" in files.page.decode()
    assert "No post waits." in _words(files.paper)
    assert parquet.read_table(io.BytesIO(files.tables["posts.parquet"])).num_rows == 0


def test_characters_that_the_type_lacks_are_boxes():
    assert writable("a\u6599\x00b\n c") == "a\u25a1\u25a1b c"
