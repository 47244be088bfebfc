"""What the caption fonts can draw."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.fonts import DejavuFonts, write_fonts_config

HINDI_NA = "\N{DEVANAGARI LETTER NA}"


def test_latin_cyrillic_greek_arabic_and_hebrew_can_be_drawn():
    assert DejavuFonts().missing("Hello, Привет, Γειά, مرحبا, שלום … 100 %\n\t") == ()


def test_what_no_font_draws_is_named_once_and_sorted():
    assert DejavuFonts().missing("你好你 👍") == ("你", "好", "👍")


def test_the_family_is_the_one_that_the_config_brings():
    assert DejavuFonts().family() == "DejaVu Sans"


def test_a_folder_of_fonts_adds_its_characters(tmp_path: Path):
    _write_font(tmp_path / "hindi.ttf", HINDI_NA)
    assert DejavuFonts(extra_folder=tmp_path).missing(HINDI_NA) == ()
    assert DejavuFonts().missing(HINDI_NA) == (HINDI_NA,)


def test_a_file_that_is_no_font_is_refused_by_name(tmp_path: Path):
    (tmp_path / "broken.ttf").write_text("no font")
    with pytest.raises(BadInput, match=r"broken\.ttf"):
        DejavuFonts(extra_folder=tmp_path).missing("a")


def test_the_config_names_our_folders_and_stays_well_formed(tmp_path: Path):
    extra = tmp_path / "a & <b>"
    config = write_fonts_config(tmp_path / "new", extra_folders=[extra])
    folders = [found.text for found in ET.parse(config).getroot().iter("dir")]  # noqa: S314  our own file
    assert len(folders) == 2
    assert (Path(folders[0] or "") / "DejaVuSans-Bold.ttf").is_file()
    assert folders[1] == str(extra)


def test_writing_the_config_again_leaves_one_file(tmp_path: Path):
    first = write_fonts_config(tmp_path).read_text()
    assert write_fonts_config(tmp_path).read_text() == first
    assert [path.name for path in tmp_path.iterdir()] == ["fonts.conf"]


def test_importing_the_fonts_imports_no_plotting():
    assert "matplotlib.pyplot" not in sys.modules


def _write_font(path: Path, character: str) -> None:
    builder = FontBuilder(1000)
    builder.setupGlyphOrder([".notdef", "one"])
    builder.setupCharacterMap({ord(character): "one"})
    pen = TTGlyphPen(None)
    pen.moveTo((0, 0))
    pen.lineTo((500, 0))
    pen.lineTo((500, 700))
    pen.closePath()
    glyph = pen.glyph()
    builder.setupGlyf({".notdef": glyph, "one": glyph})
    builder.setupHorizontalMetrics({".notdef": (600, 0), "one": (600, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "One", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
