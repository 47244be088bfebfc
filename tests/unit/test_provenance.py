"""Work is reused if it was made of the same things, and never else."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders import KEY
from viral_forge_assets.provenance import artefact_of, keep, kept, load, made_from
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.records import ArtefactKind
from viral_forge_resources.storage.local import LocalStorage

_DOCUMENT = "cooking/inbox/pasta/transform/edit_plan.json"


@dataclass(frozen=True, slots=True)
class _Plan:
    title: str
    cuts: tuple[float, ...]


_PLAN = _Plan(title="größe", cuts=(0.1, 2.5))


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path)


def test_a_fingerprint_does_not_depend_on_the_order_of_its_parts():
    assert made_from(source="a", version=1) == made_from(version=1, source="a")


@pytest.mark.parametrize(
    "other", [{"source": "b"}, {"version": 2}, {"version": "1"}, {"model": None}, {"model": ""}]
)
def test_whatever_decides_the_result_changes_the_fingerprint(other):
    parts: dict[str, str | int | None] = {"source": "a", "version": 1}

    assert made_from(**parts) != made_from(**{**parts, **other})


def test_what_is_absent_is_not_what_is_empty():
    assert made_from(model=None) != made_from(model="")
    assert made_from(model=None) != made_from(model="None")


def test_what_was_made_of_the_same_things_is_kept(storage):
    keep(storage, _DOCUMENT, _PLAN, origin="a")

    assert kept(storage, _DOCUMENT, _Plan, origin="a") == _PLAN


def test_what_was_made_of_other_things_is_not(storage):
    keep(storage, _DOCUMENT, _PLAN, origin="a")

    assert kept(storage, _DOCUMENT, _Plan, origin="b") is None


def test_where_nothing_was_made_there_is_nothing_to_keep(storage):
    assert kept(storage, _DOCUMENT, _Plan, origin="a") is None


def test_keeping_the_same_twice_gives_the_same_bytes(storage):
    first = keep(storage, _DOCUMENT, _PLAN, origin="a")

    assert keep(storage, _DOCUMENT, _PLAN, origin="a") == first


def test_a_stage_reads_what_an_earlier_one_left(storage):
    keep(storage, _DOCUMENT, _PLAN, origin="a")

    assert load(storage, _DOCUMENT, _Plan, made_by="edit_plan") == _PLAN


def test_a_stage_that_has_nothing_to_read_says_what_makes_it(storage):
    with pytest.raises(BadInput, match=r"Materialize edit_plan for this partition first") as told:
        load(storage, _DOCUMENT, _Plan, made_by="edit_plan")

    assert told.value.name == _DOCUMENT


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is no JSON document"),
        (b'{"made_from": "a", "val', "is no JSON document"),
        (b"\xff\xfe\x00", "is no JSON document"),
        (b'{"value": {}}', "lacks 'made_from' or 'value'"),
        (b'{"made_from": "a"}', "lacks 'made_from' or 'value'"),
        (b"[]", "lacks 'made_from' or 'value'"),
        (b"null", "lacks 'made_from' or 'value'"),
        (b'{"made_from": "a", "value": {"title": "x"}}', "is no valid _Plan: cuts"),
    ],
)
def test_a_damaged_document_is_named_with_the_reason_and_the_remedy(storage, content, reason):
    storage.put_bytes(content, _DOCUMENT)

    with pytest.raises(BadInput) as loaded:
        load(storage, _DOCUMENT, _Plan, made_by="edit_plan")

    assert loaded.value.name == _DOCUMENT
    assert loaded.value.reason.startswith(reason)
    assert loaded.value.remedy


def test_a_stored_file_that_people_may_look_at_is_recorded_as_it_is(storage):
    stored = storage.put_bytes(b"clip", "cooking/inbox/pasta/transform/clip-1.mp4")

    row = artefact_of(
        stored, ArtefactKind.CLIP, candidate_key=KEY, media_type="video/mp4", clip_number=1
    )

    assert (row.storage_key, row.sha256, row.size_bytes) == (stored.key, stored.sha256, 4)
    assert (row.kind, row.clip_number, row.candidate_key) == (ArtefactKind.CLIP, 1, KEY)
    assert len(row.artefact_id) == 10
