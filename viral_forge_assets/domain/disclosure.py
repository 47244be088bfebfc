"""What viewers of a clip must be told: computed from how it was made and from who pays for it.

Words that a model wrote are no synthetic media, nor is a face that was hidden, a cut or a grade:
platforms ask about pictures and sound that look real and are not. A person may add to what is
computed; taking something away needs a reason, which stays on record.
"""

from collections.abc import Iterator, Mapping, Sequence

from viral_forge_assets.domain.copywriting import PaidWords, clean
from viral_forge_assets.domain.edit_plan import ClipPlan
from viral_forge_resources.contracts.counting_text import without
from viral_forge_resources.contracts.disclosures import DisclosureChange, Flag
from viral_forge_resources.contracts.scanning import NichePolicy

SYNTHETIC = frozenset({"voice", "generated"})
"""Roles of materials, and names of extras, that are made by machines and taken for real."""

_AFFILIATE_NOTICE = "#ad Contains affiliate links"
_SPONSORED_NOTICE = "#ad Paid partnership"
_SHOWN = {
    Flag.SYNTHETIC: "synthetic media",
    Flag.PAID: "paid promotion",
    Flag.MADE_FOR_KIDS: "made for kids",
}


def must_tell(clip: ClipPlan | None, policy: NichePolicy) -> Mapping[Flag, str]:
    """What must be told, each with why.

    Args:
        clip: as it was planned; None: it is not known any more, and tells nothing.
        policy: of its niche.
    """
    found: dict[Flag, str] = {}
    machines = sorted(_made_by_machines(clip)) if clip else []
    if machines:
        found[Flag.SYNTHETIC] = f"it was made with {', '.join(machines)}"
    if policy.is_sponsored:
        found[Flag.PAID] = "its niche is sponsored"
    elif policy.affiliate_lines:
        found[Flag.PAID] = "its niche adds affiliate links"
    if policy.is_made_for_kids:
        found[Flag.MADE_FOR_KIDS] = "its niche is made for kids"
    return found


def told(required: Mapping[Flag, str], changes: Sequence[DisclosureChange]) -> frozenset[Flag]:
    """What a post tells: what is ``required``, with what people changed, the newest last."""
    flags = dict.fromkeys(required, True) | {each.flag: each.is_told for each in changes}
    return frozenset(flag for flag, is_told in flags.items() if is_told)


def untold(
    tells: frozenset[Flag], required: Mapping[Flag, str], changes: Sequence[DisclosureChange]
) -> Iterator[str]:
    """Every reason why a post that ``tells`` so much tells too little."""
    for flag in sorted(told(required, changes) - tells):
        because = required.get(flag, "a person said so")
        yield (
            f"it does not tell viewers of {_SHOWN[flag]}, and must: {because}. Materialize its"
            " publication_plan again, or say with `viral-forge disclose` why it need not"
        )


def paid_words(policy: NichePolicy, *, is_told: bool) -> PaidWords:
    """What posts of a niche say of money.

    Args:
        policy: of the niche.
        is_told: whether they tell viewers that they are paid; affiliate links stand without a
            notice only where a person said that none is needed.
    """
    usual = _SPONSORED_NOTICE if policy.is_sponsored else _AFFILIATE_NOTICE
    notice = (policy.paid_notice or usual) if is_told else ""
    return PaidWords(notice=notice, lines=policy.affiliate_lines)


def unnoticed(description: str, policy: NichePolicy, tells: frozenset[Flag]) -> Iterator[str]:
    """Why a paid post's words say too little."""
    is_paid = policy.is_sponsored or bool(policy.affiliate_lines)
    notice = paid_words(policy, is_told=is_paid and Flag.PAID in tells).notice
    if not _plain(description).startswith(_plain(notice)):
        yield (
            f"its description does not begin with the notice '{notice}'. Materialize its"
            " publication_plan again"
        )


def _plain(text: str) -> str:
    """``text`` whatever its platform forbids."""
    return without(clean(text), "<>")


def _made_by_machines(clip: ClipPlan) -> frozenset[str]:
    roles = {each.role for each in clip.materials} | {each.name for each in clip.extras}
    return SYNTHETIC & roles
