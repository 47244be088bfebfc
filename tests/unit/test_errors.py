"""Errors that people can read, whatever the world calls its files."""

import pytest

from viral_forge_resources.contracts.errors import BadInput, printable


def test_bad_input_names_the_file_the_reason_and_the_remedy():
    error = BadInput("pasta.mp4", reason="holds no picture", remedy="Choose another file.")

    assert str(error) == "'pasta.mp4': holds no picture. Choose another file."
    assert (error.name, error.reason) == ("pasta.mp4", "holds no picture")
    assert error.remedy == "Choose another file."


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("pasta.mp4", "'pasta.mp4'"),
        ("größe 食.mp4", "'größe 食.mp4'"),
        ("two\nlines", r"'two\nlines'"),
        ("bell\x07 and \x1b[31mred", r"'bell\x07 and \x1b[31mred'"),
        ("\u202egpj.exe", r"'\u202egpj.exe'"),  # right-to-left override
        ("zero\u200bwidth", r"'zero\u200bwidth'"),
        ("no utf-8 \udcff", r"'no utf-8 \udcff'"),
        ("", "''"),
    ],
)
def test_a_name_is_shown_on_one_line_without_tricks(name, shown):
    assert printable(name) == shown
    printable(name).encode()


def test_a_long_name_keeps_its_start_and_its_ending():
    shown = printable("a" * 300 + ".mp4")

    assert len(shown) <= 122
    assert shown.startswith("'aaaa")
    assert shown.endswith("aaa.mp4'")
    assert "…" in shown


def test_a_name_of_escapes_does_not_grow_beyond_the_limit():
    assert len(printable("\x07" * 255)) <= 122
