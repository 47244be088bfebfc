"""Sounds that fill a pause and mean nothing, by language: what may be cut out of speech."""

from collections.abc import Mapping
from types import MappingProxyType

_EVERYWHERE = frozenset(["um", "umm", "uhm", "uh", "uhh", "erm", "hmm", "hm", "mhm", "mm"])
"""Written so by speech recognisers in any language; those that are words somewhere are not here."""

_BY_LANGUAGE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": _EVERYWHERE | {"er", "err", "ah", "eh"},
        # German "um" is a word: "um acht Uhr".
        "de": (_EVERYWHERE - {"um"}) | {"äh", "ähm", "öh", "öhm", "ähh", "tja"},
        "fr": _EVERYWHERE | {"euh", "heu", "hum", "bah", "beh"},
        "es": _EVERYWHERE | {"eh", "em", "ehm", "mmm"},
        "it": _EVERYWHERE | {"ehm", "eh", "mmh", "boh"},
        # Portuguese "um" is "one".
        "pt": (_EVERYWHERE - {"um"}) | {"hã", "ahn", "éh"},
        "nl": (_EVERYWHERE - {"um"}) | {"eh", "uhm", "ehm"},
        "pl": _EVERYWHERE | {"yyy", "eee", "yhm"},
        "ru": _EVERYWHERE | {"э", "ээ", "эээ", "эм", "мм", "ммм"},
        "sv": (_EVERYWHERE - {"um"}) | {"öh", "eh", "äh"},
        "ja": frozenset(["えっと", "えーと", "ええと", "あの", "えー"]),
    }
)
_UNKNOWN = _EVERYWHERE - {"um"}


def fillers_of(language: str | None) -> frozenset[str]:
    """Fillers of a language by its ISO 639-1 code, such as ``en``; the safest where none is known.

    What is a word in the language is never among them.
    """
    code = (language or "").lower().partition("-")[0]
    return _BY_LANGUAGE.get(code, _UNKNOWN)
