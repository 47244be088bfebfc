"""What the caption fonts can draw."""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.fonts import write_font
from viral_forge_resources.contracts.errors import BadInput, Misconfigured
from viral_forge_resources.media.font_chain import FontChain
from viral_forge_resources.media.fonts import write_fonts_config
from viral_forge_resources.settings import Settings

HINDI_NA = "\N{DEVANAGARI LETTER NA}"


def test_latin_cyrillic_greek_arabic_and_hebrew_can_be_drawn():
    assert FontChain().missing("Hello, Привет, Γειά, مرحبا, שלום … 100 %\n\t\u200d") == ()


def test_what_no_font_draws_is_named_once_and_sorted():
    assert FontChain().missing("你好你 👍") == ("你", "好", "👍")


def test_the_family_is_the_one_that_the_config_brings():
    assert FontChain().family() == "DejaVu Sans"


def test_a_folder_of_fonts_adds_its_characters(tmp_path: Path):
    write_font(tmp_path / "hindi.ttf", HINDI_NA)
    assert FontChain(folders=[tmp_path]).missing(HINDI_NA) == ()
    assert FontChain().missing(HINDI_NA) == (HINDI_NA,)


def test_letters_are_as_wide_as_the_font_that_has_them(tmp_path: Path):
    write_font(tmp_path / "hindi.ttf", HINDI_NA)  # 600 wide in rows of 1000
    assert FontChain(folders=[tmp_path]).width(HINDI_NA * 2) == pytest.approx(1.2)
    assert FontChain().width("i") < FontChain().width("W")
    assert FontChain().width("e\u0301") == FontChain().width("e")


def test_the_fonts_that_draw_a_text_are_named_with_their_versions(tmp_path: Path):
    write_font(tmp_path / "hindi.ttf", HINDI_NA)
    chain = FontChain(folders=[tmp_path])
    assert chain.used_for("abc") == ("DejaVu Sans Bold Version 2.35",)
    assert [name.split()[0] for name in chain.used_for(f"a{HINDI_NA}")] == ["DejaVu", "One"]


def test_the_operators_own_family_comes_first(tmp_path: Path):
    write_font(tmp_path / "brand.ttf", "a")
    chain = FontChain(folders=[tmp_path], family="One")
    assert chain.family() == "One"
    assert chain.used_for("a") == ("One",)
    assert chain.missing("abc") == ()


def test_a_family_that_is_not_there_is_a_mistake_of_the_settings(tmp_path: Path):
    with pytest.raises(Misconfigured, match="VIRAL_FORGE_FONT_FAMILY is 'Nowhere'"):
        FontChain(folders=[tmp_path], family="Nowhere").family()


def test_scripts_without_a_font_are_named_with_what_to_install():
    told = FontChain().missing_scripts() or ""
    assert "no letters for Chinese, Japanese, Korean, Devanagari, Thai" in told
    assert "fonts-noto-cjk" in told
    assert "VIRAL_FORGE_FONT_FOLDERS" in told


def test_a_file_that_is_no_font_is_refused_by_name(tmp_path: Path):
    (tmp_path / "broken.ttf").write_text("no font")
    with pytest.raises(BadInput, match=r"broken\.ttf"):
        FontChain(folders=[tmp_path]).missing(HINDI_NA)


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


def test_the_config_names_the_cache_that_is_shared(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = write_fonts_config(tmp_path / "new", cache=Path("home/shared & kept"))
    (cache,) = ET.parse(config).getroot().iter("cachedir")  # noqa: S314  our own file
    assert cache.text == str(tmp_path / "home" / "shared & kept")
    assert list((tmp_path / "home" / "shared & kept").iterdir()) == []


def test_a_cache_that_cannot_be_written_is_refused_by_name(tmp_path: Path):
    taken = tmp_path / "taken"
    taken.write_text("no folder")
    with pytest.raises(Misconfigured, match=r"taken.*cannot be written"):
        write_fonts_config(tmp_path / "new", cache=taken)


def test_importing_the_fonts_imports_no_plotting():
    assert "matplotlib.pyplot" not in sys.modules


def test_a_folder_of_fonts_that_is_not_there_is_a_mistake_of_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("VIRAL_FORGE_FONT_FOLDERS", f"{tmp_path},{tmp_path / 'absent'}")
    with pytest.raises(ValueError, match="there is no folder"):
        Settings()
    (tmp_path / "absent").mkdir()
    assert Settings().font_folders == (tmp_path, tmp_path / "absent")
