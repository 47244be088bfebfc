"""Niches as people write them: what is meant, and everything that is wrong with it at once."""

from dataclasses import fields
from pathlib import Path

import pytest

from viral_forge_assets.domain.niche_files import parse_niches
from viral_forge_assets.domain.niches import (
    Known,
    NicheDescription,
    describe_niche,
    description_of,
)
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.scanning import Niche, NichePolicy

_DOCUMENTED = Path(__file__).parents[2] / "docs" / "niches.md"
_KNOWN = Known(recipes=frozenset({"clean", "fit"}), scanners=frozenset({"inbox", "reddit"}))

_FILE = """
niches:
  cooking:
    queries: [pasta, "knife skills"]
    recipe: fit
    watched:
      reddit: [r/cooking]
    platforms: [reddit]
    licences: [CC BY 4.0]
    languages: [en, pt-BR]
    minimum_score: 0.4
    is_monetised: false
  travel:
"""


def _parse(text: str) -> tuple[Niche, ...]:
    return parse_niches(text.encode(), name="niches.yaml", known=_KNOWN)


def _refusal(text: str) -> str:
    with pytest.raises(BadInput) as caught:
        _parse(text)
    return str(caught.value)


def test_the_documented_file_can_be_imported_and_shows_every_key():
    documented = _DOCUMENTED.read_text(encoding="utf-8").partition("```yaml\n")[2]
    text = documented.partition("```")[0]
    known = Known(recipes=frozenset({"punchy"}), scanners=frozenset({"reddit", "youtube_shorts"}))
    cooking, _ = parse_niches(text.encode(), name="niches.yaml", known=known)
    assert cooking.name == "cooking"
    assert [key for key in NicheDescription.model_fields if f"    {key}:" not in text] == []


def test_a_file_says_niches():
    cooking, travel = _parse(_FILE)
    assert cooking == Niche(
        name="cooking",
        queries=("pasta", "knife skills"),
        recipe="fit",
        watched={"reddit": ("r/cooking",)},
        policy=NichePolicy(
            platforms=("reddit",),
            licences=("CC-BY-4.0",),
            languages=("en", "pt-BR"),
            minimum_score=0.4,
            is_monetised=False,
        ),
    )
    assert travel == Niche(name="travel")


def test_everything_that_is_wrong_is_named_with_its_line():
    told = _refusal(
        "niches:\n"
        "  Fine Dining: {}\n"
        "  cooking:\n"
        "    queries: pasta\n"
        "    recipe: none\n"
        "    minimum_score: 1.5\n"
        "    languages: [en, English]\n"
        "    licences:\n"
        "      - CC0-1.0\n"
        "      - fair use\n"
        "    watched: {redit: [a]}\n"
        "    qeries: [a]\n"
    )
    for line in (
        "line 2: niches.Fine Dining: cannot name a niche",
        "line 4: niches.cooking.queries: Input should be a valid list",
        "line 5: niches.cooking.recipe: no recipe is named 'none'. There are: clean, fit",
        "line 6: niches.cooking.minimum_score: Input should be less than 1",
        "line 7: niches.cooking.languages.1: 'English' is no language",
        "line 10: niches.cooking.licences.1: 'fair use' is no licence that we know",
        "line 11: niches.cooking.watched: no scanner is named 'redit'",
        "line 12: niches.cooking.qeries: is no key. There are: queries, recipe, watched,",
    ):
        assert f"\n  {line}" in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("- cooking", "line 1: the file: says no keys with values"),
        ("niches: cooking", "line 1: niches: says no keys with values"),
        ("nices: {}", "line 1: nices: is no key. There are: niches"),
        ("niches: [", "is no YAML: "),
        ("niches: 2024-13-99", "is no YAML: "),
        ("niches: {a: &a [*a]}", "line 1: niches.a: "),
        ("[" * 5_000, "is no YAML: "),
        ("niches:\n  a:\n  b:\n  a:\n", "line 4: niches.a: stands there twice"),
        ("niches:\n  2024:\n", "line 2: niches.2024: "),
        ("niches: !!python/object:os.system {}", "is no YAML: "),
        ("niches:\n  a: {horizon_days: .nan}", "line 2: niches.a.horizon_days: "),
    ],
)
def test_a_file_that_says_no_niches_is_refused(text, told):
    assert told in _refusal(text)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(BadInput, match="is no YAML"):
        parse_niches(b"\xff\xfe\x00", name="niches.yaml", known=_KNOWN)


def test_niches_may_share_what_they_say():
    first, second = _parse(
        "niches:\n  a: &a {queries: [x], minimum_score: 0.5}\n  b: {<<: *a, minimum_score: 0.25}\n"
    )
    assert first.queries == second.queries == ("x",)
    assert (first.policy.minimum_score, second.policy.minimum_score) == (0.5, 0.25)


def test_a_description_covers_all_that_a_niche_and_its_policy_hold():
    held = {field.name for kind in (Niche, NichePolicy) for field in fields(kind)}
    assert set(NicheDescription.model_fields) == held - {"name", "policy"}


def test_what_is_not_said_is_as_usual():
    assert describe_niche("cooking", {}, known=_KNOWN) == Niche(name="cooking")


def test_a_niche_is_described_as_it_could_be_written():
    (cooking, _) = _parse(_FILE)
    assert describe_niche("cooking", description_of(cooking), known=_KNOWN) == cooking


def test_a_wrong_description_names_every_problem():
    with pytest.raises(BadInput) as caught:
        describe_niche("x", {"minimum_score": -1, "platforms": ["nowhere"], "a": 1}, known=_KNOWN)
    for told in ("minimum_score: ", "platforms.0: no scanner is named 'nowhere'", "a: is no key"):
        assert told in str(caught.value)
