"""Tells FFmpeg which fonts there are: DejaVu, which matplotlib carries, and the operator's own."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from xml.sax.saxutils import escape

from viral_forge_resources.contracts.errors import Misconfigured

_FONTS_CONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
  <cachedir>{cache}</cachedir>
  <selectfont>
    <rejectfont><glob>*/mpl-data/fonts/ttf/LastResort*</glob></rejectfont>
    <rejectfont><glob>*/mpl-data/fonts/ttf/STIX*</glob></rejectfont>
    <rejectfont><glob>*/mpl-data/fonts/ttf/cm*</glob></rejectfont>
  </selectfont>
</fontconfig>
"""


def write_fonts_config(
    folder: Path, *, extra_folders: Sequence[Path] = (), cache: Path | None = None
) -> Path:
    """A ``fonts.conf`` in ``folder`` for the variable ``FONTCONFIG_FILE`` of a child process.

    It names DejaVu Sans and the extra folders and nothing else of this machine, so a clip looks the
    same everywhere. libass falls back from font to font only with such a file.

    Args:
        folder: made if it is not there.
        extra_folders: of fonts, searched after DejaVu Sans.
        cache: folder where fontconfig keeps what it read in the fonts; processes may share it, and
            a folder of fonts that changed is read again. None: a folder inside ``folder``.

    Raises:
        Misconfigured: ``cache`` cannot be written.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if cache is not None:
        _refuse_unwritable(cache)
    # LastResort has a box for every character there is: every fallback would end in it.
    content = _FONTS_CONFIG.format(
        folders="\n".join(
            f"  <dir>{escape(str(each.absolute()))}</dir>"
            for each in (dejavu_folder(), *extra_folders)
        ),
        cache=escape(str((cache or folder / "cache").absolute())),
    )
    target = folder / "fonts.conf"
    _write_at_once(target, content)
    return target


def _refuse_unwritable(cache: Path) -> None:
    # fontconfig would go on without a cache and read every font anew in each render.
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=cache):
            pass
    except OSError as error:
        raise Misconfigured(
            f"The folder {cache}, which keeps what is known of the fonts, cannot be written "
            f"({error.strerror}): make it a folder that this user may write."
        ) from error


def _write_at_once(target: Path, content: str) -> None:
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=".fonts-", delete=False
    ) as file:
        file.write(content)
    Path(file.name).replace(target)


def dejavu_folder() -> Path:
    """Where the fonts are that matplotlib carries."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise Misconfigured("matplotlib, whose fonts draw the captions, is not installed.")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
