"""May works under different licences be part of one clip? Share-alike binds the whole of it.

Music under moving pictures, and pictures laid over others, make an adaptation of every work in it.
Source: https://creativecommons.org/licenses/by-sa/4.0/legalcode.en (section 1.a)
"""

from collections.abc import Sequence
from itertools import chain

from viral_forge_resources.contracts.licences import PERMISSION, PEXELS, Licence, find_licence

_OUTSIDE_CC = frozenset({PEXELS, PERMISSION})
"""Let us use a work, and nobody else: what holds one cannot be given on under a licence that lets
everybody. Source: https://www.pexels.com/license/"""


def objection_to_one_clip(licences: Sequence[str]) -> str | None:
    """Why works under these licences, as SPDX ids, may not be part of one clip; None if they may.

    A clip under a share-alike licence goes under that licence, or a later version of it with the
    same terms. Works that bind nothing may be in it, but for those that may not be given on, or
    not for money.

    Source: https://creativecommons.org/licenses/by-sa/3.0/legalcode (section 4.b: later versions),
    https://creativecommons.org/faq/#can-i-combine-material-under-different-creative-commons-licenses-in-my-work
    """
    known = dict.fromkeys(found for each in licences if (found := find_licence(each)))
    binding = [each for each in known if each.is_share_alike]
    free = [each for each in known if not each.is_share_alike]
    pairs = chain(
        ((one, other) for number, one in enumerate(binding) for other in binding[number + 1 :]),
        ((one, other) for one in binding for other in free),
    )
    for one, other in pairs:
        if not _may_stand_beside(one, other):
            return f"{one.label} binds the whole clip, which {other.label} does not allow"
    return None


def _may_stand_beside(binding: Licence, other: Licence) -> bool:
    if other.is_share_alike:
        # Without its version nobody knows whether later ones are allowed: 1.0 allows none.
        return _terms(binding) == _terms(other) and _has_version(binding) and _has_version(other)
    if other.spdx_id in _OUTSIDE_CC or not other.may_derive:
        return False
    return other.may_monetise or not binding.may_monetise


def _terms(licence: Licence) -> bool:
    """All that differs between the share-alike licences that we know."""
    return licence.may_monetise


def _has_version(licence: Licence) -> bool:
    return not licence.spdx_id.startswith("LicenseRef-")
