"""Words that strangers wrote, and which of them may be shown."""

JOINERS = "\u200c\u200d"
"""They shape Persian, Hindi and emoji, so they are part of a text though nothing shows of them."""


def is_printable(text: str) -> bool:
    """Whether ``text`` is safe to show: nothing in it steers a terminal or turns the line round."""
    return all(character.isprintable() or character in JOINERS for character in text)
