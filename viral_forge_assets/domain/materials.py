"""What a clip holds of others besides its source, such as music: each needs a right of its own."""

from collections.abc import Sequence
from dataclasses import replace

from viral_forge_assets.domain.share_alike import objection_to_one_clip
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.rights import RightsVerdict

_AGAIN = "Launch candidate_job for it again: it takes what there is a right to."


def with_materials(
    source: RightsVerdict, materials: Sequence[tuple[Material, RightsVerdict]]
) -> RightsVerdict:
    """May a clip of that source with these materials be used? As the strictest of them says.

    Nor may it where one licence binds the whole clip in a way that another does not allow. All
    that is owed stands in one attribution, the source first.
    """
    if not source.is_allowed:
        return source
    for material, verdict in materials:
        if not verdict.is_allowed:
            reason = f"its {material.role} {said(material)}: {verdict.reason}"
            return replace(verdict, reason=reason, remedy=_AGAIN)
    objection = objection_to_one_clip(
        [verdict.licence or "" for verdict in (source, *(verdict for _, verdict in materials))]
    )
    if objection is not None:
        names = ", ".join(f"{material.role} {said(material)}" for material, _ in materials)
        reason = f"with its {names}: {objection}"
        return replace(source, is_allowed=False, reason=reason, remedy=_AGAIN, attribution=None)
    owed = [source.attribution] if source.attribution else []
    owed += [
        f"{material.role.capitalize()}: {verdict.attribution}"
        for material, verdict in materials
        if verdict.attribution
    ]
    return replace(source, attribution=". ".join(owed) or None)


def said(material: Material) -> str:
    """What people know it as."""
    title = " ".join(material.title.split())
    return f"'{title}'" + (f" by {material.author}" if material.author else "")
