"""What is told in words where Meta's APIs have no field for it."""

from viral_forge_resources.contracts.publishing import Disclosure


def with_notice(text: str, disclosure: Disclosure, *, synthetic: str) -> str:
    """``text``, and below it the notice ``synthetic`` of a post that holds AI's work."""
    notice = synthetic if disclosure.is_synthetic else ""
    return "\n\n".join(part for part in (text, notice) if part)


def unlabelled(disclosure: Disclosure, *, platform: str) -> str | None:
    """What a person must set by hand, None if there is nothing."""
    if not disclosure.is_paid:
        return None
    return (
        f"no label for paid partnerships was set on {platform}: the words say that it is paid;"
        " set the label on the post itself"
    )
