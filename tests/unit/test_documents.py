"""What stages leave for each other reads back as it was, or says what is wrong."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from fractions import Fraction

import pytest

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import Transcript, TranscriptOrigin, Word
from viral_forge_resources.documents import document_hash, from_json, to_json


class _Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    number: int
    colour: _Colour
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Film:
    title: str
    made_at: datetime
    frames: tuple[_Frame, ...]


_FILM = _Film(
    title='größe "食" </script>',
    made_at=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
    frames=(_Frame(number=1, colour=_Colour.RED), _Frame(number=2, colour=_Colour.RED, title="x")),
)


def test_a_document_is_read_back_as_it_was():
    assert from_json(_Film, to_json(_FILM), name="film.json") == _FILM


def test_a_transcript_is_read_back_as_it_was():
    words = (Word(text="Boil", start_s=0.1, end_s=0.30000000000000004),)
    transcript = Transcript(words=words, origin=TranscriptOrigin.SUBTITLES)

    assert from_json(Transcript, to_json(transcript), name="transcript.json") == transcript


def test_equal_values_give_equal_bytes():
    assert to_json(_FILM) == to_json(replace(_FILM))
    assert document_hash(_FILM) == document_hash(replace(_FILM))


def test_another_value_has_another_hash():
    assert document_hash(_FILM) != document_hash(replace(_FILM, title="other"))


def test_text_of_any_script_stays_readable():
    assert "größe" in to_json(_FILM).decode()


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", "Invalid JSON"),
        (b"{", "Invalid JSON"),
        (b"\xff\xfe", "Invalid JSON"),
        (b"[]", "is no valid _Film"),
        (b'{"title": "a", "made_at": "2026-11-20T12:00:00Z"}', "frames: Field required"),
        (
            b'{"title": "a", "made_at": "2026-11-20", "frames": [{"number": 1, "colour": "blue"}]}',
            r"frames\.0\.colour",
        ),
    ],
)
def test_a_document_that_is_none_says_where_and_what_to_do(content, where):
    with pytest.raises(BadInput, match=where) as caught:
        from_json(_Film, content, name="film.json")

    assert caught.value.name == "film.json"
    assert "materialize the asset" in caught.value.remedy


def test_what_a_document_held_is_not_shown():
    content = b'{"title": {"token": "hunter2"}, "made_at": "hunter2", "frames": "hunter2"}'

    with pytest.raises(BadInput) as caught:
        from_json(_Film, content, name="film.json")

    assert "hunter2" not in str(caught.value)


def test_a_fraction_keeps_its_exact_value():
    assert from_json(Fraction, to_json(Fraction(30000, 1001)), name="rate") == Fraction(30000, 1001)
