"""Licences that we know, and what each lets us do. Every one of them permits a copy."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

OWN = "LicenseRef-Own"
PEXELS = "LicenseRef-Pexels"
PERMISSION = "LicenseRef-Permission"

_CC_FLAGS = ("by", "nc", "nd", "sa")
_CC_FAMILIES = ("by", "by-sa", "by-nc", "by-nc-sa", "by-nd", "by-nc-nd")
_CC_VERSIONS = ("2.0", "2.5", "3.0", "4.0")
_CC_ADDRESS = re.compile(
    r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/"
    r"(?P<terms>[a-z-]+)/(?P<version>[\d.]+)/?(?:(?:deed|legalcode)[a-z.-]*)?"
)
_WORDS = (
    (r"\bcreative commons\b", "cc"),
    (r"\battribution\b", "by"),
    (r"\bnon ?commercial\b", "nc"),
    (r"\bno ?deriv(?:ative)?s?\b", "nd"),
    (r"\bshare ?alike\b", "sa"),
    (r"\b(?:public )?licen[cs]e\b", ""),
    (r"\b(?:version|international|unported|universal|the)\b", ""),
    (r"\bv(?=\d)", ""),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """What one licence lets us do with a video.

    Attributes:
        spdx_id: as the rights ledger holds it.
        label: as people write it.
        url: where its text stands; an attribution has to link it.
        is_share_alike: what is made of the video goes under the same licence.
    """

    spdx_id: str
    label: str
    url: str | None = None
    may_derive: bool = True
    may_monetise: bool = True
    needs_attribution: bool = True
    is_share_alike: bool = False


def find_licence(words: str) -> Licence | None:
    """The licence that is meant by an SPDX id, a common spelling or a Creative Commons address.

    None for anything else: a licence that we do not know gives no right.
    """
    text = unicodedata.normalize("NFKC", words).casefold().strip()
    address = _CC_ADDRESS.fullmatch(text)
    if address is not None:
        text = f"cc-{address['terms']}-{address['version']}"
    if text in _BY_ID:
        return _BY_ID[text]
    tokens = _tokens(text)
    spdx_id = _SPELLINGS.get(" ".join(tokens)) or _creative_commons_id(tokens)
    return _BY_ID.get(spdx_id.casefold()) if spdx_id else None


def _tokens(text: str) -> list[str]:
    # Letters of every script stay: words that we cannot read may well forbid something.
    spaced = re.sub(r"[^\w.]+|_", " ", text)
    for pattern, replacement in _WORDS:
        spaced = re.sub(pattern, replacement, spaced)
    return spaced.split()


def _creative_commons_id(tokens: list[str]) -> str | None:
    flags = [flag for flag in _CC_FLAGS if flag in tokens]
    rest = [token for token in tokens if token not in (*_CC_FLAGS, "cc")]
    if flags[:1] != ["by"] or tokens == ["by"] or len(rest) > 1:
        return None
    family = f"CC-{'-'.join(flags)}"
    if not rest:
        return f"LicenseRef-{family}"
    return f"{family}-{rest[0] if '.' in rest[0] else rest[0] + '.0'}"


def _cc(family: str, version: str | None) -> Licence:
    name = f"CC-{family.upper()}"
    label = f"CC {family.upper()}"
    return Licence(
        # A source that leaves the version out leaves it out here too: none is made up.
        spdx_id=f"{name}-{version}" if version else f"LicenseRef-{name}",
        label=f"{label} {version}" if version else label,
        url=f"https://creativecommons.org/licenses/{family}/{version}/" if version else None,
        may_derive="nd" not in family,
        may_monetise="nc" not in family,
        is_share_alike="sa" in family,
    )


def _notice(spdx_id: str, label: str) -> Licence:
    return Licence(spdx_id=spdx_id, label=label, url=f"https://spdx.org/licenses/{spdx_id}.html")


def _free(spdx_id: str, label: str) -> Licence:
    return Licence(spdx_id=spdx_id, label=label, needs_attribution=False)


_KNOWN = (
    *(_cc(family, version) for family in _CC_FAMILIES for version in (*_CC_VERSIONS, None)),
    _free("CC0-1.0", "CC0 1.0"),
    _free("CC-PDM-1.0", "Public Domain Mark 1.0"),
    _free("Unlicense", "The Unlicense"),
    _free(OWN, "the operator's own material"),
    _free(PERMISSION, "written permission"),
    Licence(spdx_id=PEXELS, label="Pexels licence", url="https://www.pexels.com/license/"),
    _notice("MIT", "MIT licence"),
    _notice("BSD-2-Clause", "BSD 2-Clause licence"),
    _notice("BSD-3-Clause", "BSD 3-Clause licence"),
    _notice("Apache-2.0", "Apache licence 2.0"),
)
_BY_ID: Mapping[str, Licence] = MappingProxyType(
    {licence.spdx_id.casefold(): licence for licence in _KNOWN}
)
_SPELLINGS: Mapping[str, str] = MappingProxyType(
    {
        "cc0": "CC0-1.0",
        "cc0 1.0": "CC0-1.0",
        "cc 0": "CC0-1.0",
        "cc zero": "CC0-1.0",
        "cc zero 1.0": "CC0-1.0",
        "public domain": "CC-PDM-1.0",
        "public domain mark": "CC-PDM-1.0",
        "cc mark 1.0": "CC-PDM-1.0",
        "public domain mark 1.0": "CC-PDM-1.0",
        "pdm": "CC-PDM-1.0",
        "pdm 1.0": "CC-PDM-1.0",
        "cc pdm": "CC-PDM-1.0",
        "cc by reuse allowed": "LicenseRef-CC-BY",  # YouTube's words
        "unlicense": "Unlicense",
        "mit": "MIT",
        "expat": "MIT",
        "bsd 2 clause": "BSD-2-Clause",
        "simplified bsd": "BSD-2-Clause",
        "bsd 3 clause": "BSD-3-Clause",
        "new bsd": "BSD-3-Clause",
        "apache 2": "Apache-2.0",
        "apache 2.0": "Apache-2.0",
        "pexels": PEXELS,
        "own": OWN,
        "own work": OWN,
        "mine": OWN,
        "permission": PERMISSION,
        "written permission": PERMISSION,
    }
)
