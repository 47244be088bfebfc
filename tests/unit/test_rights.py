"""Licences and what the rights ledger allows."""

import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from viral_forge_assets.domain.rights import (
    is_stated_by_hand,
    record_from_sidecar,
    rights_verdict,
)
from viral_forge_resources.contracts.licences import find_licence
from viral_forge_resources.contracts.rights import RightsRecord, RightsVerdict
from viral_forge_resources.contracts.scanning import ScannedVideo

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = "cooking:inbox:pasta-1a2b3c4d"


def _record(licence: str = "CC0-1.0", *, days_old: int = 1, **changes: Any) -> RightsRecord:
    values = {
        "rights_id": f"{licence}-{days_old}",
        "platform": "inbox",
        "platform_video_id": "pasta-1a2b3c4d",
        "licence": licence,
        "evidence": "https://videos.example/1",
        "recorded_by": "ada",
        "recorded_at": NOW - timedelta(days=days_old),
    }
    return RightsRecord(**{**values, **changes})


def _verdict(
    *records: RightsRecord,
    title: str = "Pasta",
    author: str | None = "Ada",
    page_url: str | None = "https://videos.example/1",
    is_monetised: bool = True,
    publisher: str | None = None,
) -> RightsVerdict:
    return rights_verdict(
        records,
        now=NOW,
        candidate_key=KEY,
        title=title,
        author=author,
        page_url=page_url,
        is_monetised=is_monetised,
        publisher=publisher,
    )


def _scanned(licence: str | None, *, evidence: str | None = "sidecar pasta.json") -> ScannedVideo:
    return ScannedVideo(
        platform="inbox",
        platform_video_id="pasta-1a2b3c4d",
        locator="/inbox/cooking/pasta.mp4",
        title="Pasta",
        seen_at=NOW,
        author="Ada",
        page_url="https://videos.example/1",
        licence=licence,
        licence_evidence=evidence,
    )


@pytest.mark.parametrize(
    ("words", "spdx_id"),
    [
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("cc by 4.0", "CC-BY-4.0"),
        ("CC_BY_4", "CC-BY-4.0"),
        ("Creative Commons Attribution 4.0", "CC-BY-4.0"),
        ("Creative Commons Attribution 4.0 International Public License", "CC-BY-4.0"),
        ("Attribution-ShareAlike 3.0 Unported", "CC-BY-SA-3.0"),
        ("CC BY-SA-NC 2.5", "CC-BY-NC-SA-2.5"),
        ("Creative Commons Attribution-NonCommercial-NoDerivs 2.0", "CC-BY-NC-ND-2.0"),
        ("https://creativecommons.org/licenses/by-sa/4.0/deed.en", "CC-BY-SA-4.0"),
        ("http://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"),
        ("cc-by", "LicenseRef-CC-BY"),
        ("CC0", "CC0-1.0"),
        ("CC0 1.0 Universal", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"),
        ("Public Domain", "CC-PDM-1.0"),
        ("The Unlicense", "Unlicense"),
        ("MIT License", "MIT"),
        ("bsd-3-clause", "BSD-3-Clause"),
        ("Apache License, Version 2.0", "Apache-2.0"),
        ("own", "LicenseRef-Own"),
        ("licenseref-permission", "LicenseRef-Permission"),
    ],
)
def test_common_spellings_mean_their_licence(words, spdx_id):
    licence = find_licence(words)
    assert licence is not None
    assert licence.spdx_id == spdx_id


@pytest.mark.parametrize(
    "words",
    [
        "",
        "?",
        "All rights reserved",
        "Standard YouTube License",
        "Creative Commons",
        "Attribution",
        "BSD",
        "CC-BY-9.0",
        "CC BY 4.0 but not for you",
        "CC BY 4.0 \N{CJK UNIFIED IDEOGRAPH-975E}\N{CJK UNIFIED IDEOGRAPH-5546}",
        "https://creativecommons.org/licenses/by/4.0/ except the music",
        "https://evil.example/creativecommons.org/licenses/by/4.0/",
    ],
)
def test_other_words_name_no_licence(words):
    assert find_licence(words) is None


@pytest.mark.parametrize(
    "licence",
    ["CC0-1.0", "CC-PDM-1.0", "Unlicense", "LicenseRef-Own", "LicenseRef-Permission"],
)
def test_free_licences_allow_and_owe_nothing(licence):
    record = _record(licence)
    verdict = _verdict(record)
    assert verdict.is_allowed
    assert verdict.rights_id == record.rights_id
    assert verdict.licence == licence
    assert verdict.attribution is None
    assert verdict.remedy is None


def test_an_attribution_names_title_author_source_licence_and_change():
    assert _verdict(_record("CC-BY-4.0")).attribution == (
        '"Pasta" by Ada (https://videos.example/1), '
        "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), changes were made"
    )


def test_an_attribution_invents_no_author_source_or_version():
    verdict = _verdict(_record("cc-by"), author=None, page_url=None, title="Two\nlines")
    assert verdict.attribution == '"Two lines", CC BY, changes were made'


def test_an_attribution_names_the_recorded_holder_before_the_uploader():
    assert '"Pasta" by Grace (' in str(_verdict(_record("MIT", holder="Grace")).attribution)


def test_share_alike_is_said_beside_the_clip():
    assert str(_verdict(_record("CC-BY-SA-4.0")).attribution).endswith(
        "changes were made, shared under the same licence"
    )


@pytest.mark.parametrize("licence", ["MIT", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"])
def test_a_licence_whose_notice_must_stay_is_attributed(licence):
    assert f"https://spdx.org/licenses/{licence}.html" in str(
        _verdict(_record(licence)).attribution
    )


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ((), "no licence is known"),
        ((_record("Foo 1.0"),), "'Foo 1.0' is no licence that viral_forge knows"),
        ((_record("CC-BY-NC-4.0"),), "CC BY-NC 4.0 forbids commercial use"),
        ((_record("CC-BY-ND-4.0"),), "CC BY-ND 4.0 forbids changed versions"),
        ((_record("LicenseRef-Permission", evidence=" "),), "without saying who gave it"),
        ((_record(expires_at=NOW),), "the right to it ended on 2026-11-20"),
        ((_record(revoked_at=NOW),), "the right to it was withdrawn on 2026-11-20"),
    ],
)
def test_what_gives_no_right_is_refused_with_the_reason(records, reason):
    verdict = _verdict(*records)
    assert not verdict.is_allowed
    assert reason in verdict.reason
    assert verdict.rights_id is None
    assert verdict.attribution is None


@pytest.mark.parametrize("records", [(), (_record("CC-BY-NC-4.0"),), (_record(revoked_at=NOW),)])
def test_a_refusal_carries_the_command_that_clears_it(records):
    words = shlex.split(str(_verdict(*records).remedy))
    assert words[:4] == ["viral-forge", "rights", "add", KEY]
    assert words[4::2] == ["--licence", "--evidence"]


def test_a_forbidding_licence_is_cleared_by_a_permission():
    assert "--licence LicenseRef-Permission" in str(_verdict(_record("CC-BY-NC-4.0")).remedy)


def test_a_hostile_key_stays_one_word_of_the_command():
    verdict = rights_verdict(
        (), now=NOW, candidate_key="a; rm -rf ~", title="", author=None, page_url=None
    )
    assert shlex.split(str(verdict.remedy))[3] == "a; rm -rf ~"


def test_of_several_rights_the_newest_is_named():
    old, new = _record("CC0-1.0", days_old=9), _record("CC-BY-4.0", days_old=1)
    assert _verdict(old, new).rights_id == _verdict(new, old).rights_id == new.rights_id


@pytest.mark.parametrize(
    "newest",
    [_record(expires_at=NOW), _record("Foo 1.0"), _record("CC-BY-NC-4.0")],
)
def test_a_record_that_gives_no_right_takes_no_older_one_away(newest):
    lasting = _record("LicenseRef-Own", days_old=9)
    assert _verdict(newest, lasting).rights_id == lasting.rights_id


def test_withdrawing_the_newest_right_brings_no_older_one_back():
    verdict = _verdict(_record(revoked_at=NOW), _record("LicenseRef-Own", days_old=9))
    assert not verdict.is_allowed
    assert "withdrawn" in verdict.reason


def test_a_right_recorded_after_a_withdrawn_one_counts():
    withdrawn = _record("CC-BY-4.0", days_old=9, revoked_at=NOW)
    assert _verdict(withdrawn, _record("LicenseRef-Own")).licence == "LicenseRef-Own"


def test_of_two_records_of_one_moment_the_withdrawn_one_decides():
    assert not _verdict(_record("MIT", revoked_at=NOW), _record("CC0-1.0")).is_allowed
    assert not _verdict(_record("CC0-1.0"), _record("MIT", revoked_at=NOW)).is_allowed


def test_a_sidecars_licence_becomes_a_ledger_row():
    record = record_from_sidecar(_scanned("CC BY 4.0"), now=NOW)
    assert record is not None
    assert (record.licence, record.evidence) == ("CC-BY-4.0", "sidecar pasta.json")
    assert (record.holder, record.source_url) == ("Ada", "https://videos.example/1")
    assert _verdict(record).is_allowed


def test_the_same_sidecar_makes_the_same_row_and_another_licence_another():
    ids = [
        record.rights_id
        for licence, day in (("CC BY 4.0", 0), ("CC-BY-4.0", 1), ("CC0", 2))
        if (record := record_from_sidecar(_scanned(licence), now=NOW + timedelta(days=day)))
    ]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("licence", [None, "", "  "])
def test_a_sidecar_without_a_licence_makes_no_row(licence):
    assert record_from_sidecar(_scanned(licence), now=NOW) is None


def test_unknown_words_of_a_sidecar_are_kept_and_refused():
    record = record_from_sidecar(_scanned("Ask my cousin"), now=NOW)
    assert record is not None
    assert "'Ask my cousin' is no licence" in _verdict(record).reason


def test_a_licence_without_evidence_says_where_it_was_listed():
    record = record_from_sidecar(_scanned("CC0", evidence=None), now=NOW)
    assert record is not None
    assert record.evidence == "listed on inbox"


@pytest.mark.parametrize("family", ["CC-BY-NC-4.0", "CC-BY-NC-SA-4.0"])
def test_what_forbids_commercial_use_is_refused_where_money_is_earned_alone(family):
    assert not _verdict(_record(family)).is_allowed
    assert _verdict(_record(family), is_monetised=False).is_allowed


@pytest.mark.parametrize("family", ["CC-BY-ND-4.0", "CC-BY-NC-ND-4.0"])
@pytest.mark.parametrize("is_monetised", [True, False])
def test_what_forbids_changes_is_refused_always(family, is_monetised):
    assert not _verdict(_record(family), is_monetised=is_monetised).is_allowed


def test_a_permission_may_leave_commercial_use_out():
    record = _record("LicenseRef-Permission", may_monetise=False)
    refused = _verdict(record)
    assert refused.reason == "the right to it was given without commercial use"
    assert _verdict(record, is_monetised=False).is_allowed


def test_a_record_gives_no_more_than_its_licence():
    assert not _verdict(_record("CC-BY-NC-4.0", may_monetise=True)).is_allowed


def test_a_right_may_cover_some_publishers_alone():
    record = _record("LicenseRef-Permission", platforms=("tiktok", "youtube"))
    assert _verdict(record, publisher="youtube").is_allowed
    refused = _verdict(record, publisher="folder")
    assert not refused.is_allowed
    assert refused.reason == "the right to it covers tiktok, youtube, not folder"


def test_making_a_clip_needs_no_publisher():
    assert _verdict(_record(platforms=("youtube",))).is_allowed


def test_an_older_right_covers_what_a_newer_one_leaves_out():
    newer = _record("LicenseRef-Permission", platforms=("youtube",))
    older = _record("CC0-1.0", days_old=9)
    assert _verdict(newer, older, publisher="folder").rights_id == older.rights_id
    assert _verdict(newer, older, publisher="youtube").rights_id == newer.rights_id


def test_a_verdict_says_which_operations_are_allowed():
    verdict = _verdict(_record("CC-BY-NC-4.0", platforms=("folder",)), is_monetised=False)
    assert (verdict.may_download, verdict.may_derive, verdict.may_monetise) == (True, True, False)
    assert verdict.platforms == ("folder",)


def test_a_refusal_allows_no_operation():
    verdict = _verdict()
    assert (verdict.may_download, verdict.may_derive, verdict.may_monetise) == (False,) * 3


def test_the_licence_that_a_scanner_read_counts_before_the_words():
    video = replace(_scanned("Reuse allowed"), licence_spdx="CC-BY-3.0")
    record = record_from_sidecar(video, now=NOW)
    assert record is not None
    assert record.licence == "CC-BY-3.0"
    silent = record_from_sidecar(replace(video, licence=None), now=NOW)
    assert silent is not None
    assert silent.rights_id == record.rights_id


def test_a_right_is_stated_by_a_person_or_by_a_scan():
    scanned = record_from_sidecar(_scanned("CC0"), now=NOW)
    assert scanned is not None
    assert not is_stated_by_hand(scanned)
    assert is_stated_by_hand(replace(scanned, recorded_by="Ada"))
