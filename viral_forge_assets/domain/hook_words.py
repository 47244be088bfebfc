"""Words by which a sentence promises something, by language; what a hook is made of besides."""

from collections.abc import Mapping
from types import MappingProxyType

_ENGLISH_CLAIMS = """
never always nobody everybody everyone nothing everything secret secrets truth lie lies lied wrong
mistake mistakes worst best biggest greatest impossible insane crazy shocking warning dangerous
stop free hidden forbidden proof proved proven guarantee guaranteed forever ruined ruin destroyed
destroy failed fail broke lost won millionaire banned illegal hate hated afraid terrified died
dying killed kill saved save changed completely exactly only actually myth scam danger regret
"""
_ENGLISH_NUMBERS = """
two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy
eighty ninety hundred hundreds thousand thousands million millions billion billions percent half
twice triple dollars euros
"""
_ENGLISH_ASKS = "why how what who when where which do does did is are can could would have has"
_ENGLISH_DANGLING = "and but so because or then also which it that this they he she"

_GERMAN_CLAIMS = """
nie niemals immer niemand alle jeder nichts alles geheimnis wahrheit lüge falsch fehler schlimmste
schlimmsten beste besten größte größten unmöglich verrückt warnung gefährlich kostenlos verboten
bewiesen beweis garantiert ruiniert zerstört gescheitert verloren gewonnen hasse angst gestorben
gerettet verändert genau einzige einzigen mythos betrug bereue
"""
_GERMAN_NUMBERS = """
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig hundert
tausend million millionen milliarde milliarden prozent hälfte doppelt euro
"""
_FRENCH_CLAIMS = """
jamais toujours personne tous tout rien secret secrets vérité mensonge faux erreur erreurs pire
meilleur meilleure impossible fou folle attention dangereux gratuit interdit preuve prouvé garanti
ruiné détruit échoué perdu gagné déteste peur mort sauvé changé exactement seul seule mythe arnaque
"""
_FRENCH_NUMBERS = """
deux trois quatre cinq sept huit neuf dix onze douze vingt trente quarante cinquante soixante cent
mille million millions milliard milliards pourcent moitié double euros
"""
_SPANISH_CLAIMS = """
nunca jamás siempre nadie todos todo nada secreto secretos verdad mentira error errores peor mejor
imposible loco locura cuidado peligroso gratis prohibido prueba demostrado garantizado arruinado
destruido fracasé perdí gané odio miedo murió salvó cambió exactamente único única mito estafa
"""
_SPANISH_NUMBERS = """
dos tres cuatro cinco seis siete ocho nueve diez once doce veinte treinta cuarenta cincuenta cien
ciento mil millón millones porciento mitad doble euros dólares
"""

CLAIMS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(_ENGLISH_CLAIMS.split()),
        "de": frozenset(_GERMAN_CLAIMS.split()),
        "fr": frozenset(_FRENCH_CLAIMS.split()),
        "es": frozenset(_SPANISH_CLAIMS.split()),
    }
)
"""Strong words: they promise, warn or leave no exception."""

NUMBERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(_ENGLISH_NUMBERS.split()),
        "de": frozenset(_GERMAN_NUMBERS.split()),
        "fr": frozenset(_FRENCH_NUMBERS.split()),
        "es": frozenset(_SPANISH_NUMBERS.split()),
    }
)
"""Numbers in letters, from two on: "one" is an article as often as not."""

ASKS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(_ENGLISH_ASKS.split()),
        "de": frozenset(["warum", "wie", "was", "wer", "wann", "wo", "welche", "wieso"]),
        "fr": frozenset(["pourquoi", "comment", "qui", "quand", "où", "quel", "quelle"]),
        "es": frozenset(["qué", "cómo", "quién", "cuándo", "dónde", "cuál", "cuánto"]),
    }
)
"""What a question begins with."""

DANGLING: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(_ENGLISH_DANGLING.split()),
        "de": frozenset(
            ["und", "aber", "also", "weil", "oder", "dann", "auch", "das", "es", "sie"]
        ),
        "fr": frozenset(["et", "mais", "donc", "car", "ou", "alors", "aussi", "ça", "il", "elle"]),
        "es": frozenset(["y", "pero", "porque", "o", "entonces", "también", "eso", "ella"]),
    }
)
"""A sentence that begins so leans on the one before it, which the viewer does not hear."""

ADDRESSES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "en": frozenset(["you", "your", "you're", "you've", "you'll"]),
        "de": frozenset(["du", "dein", "deine", "dir", "dich", "euch", "ihr", "ihnen"]),
        "fr": frozenset(["tu", "vous", "votre", "vos", "ton", "ta", "tes"]),
        "es": frozenset(["tú", "usted", "tu", "tus", "te"]),
    }
)
"""It speaks to the viewer."""
