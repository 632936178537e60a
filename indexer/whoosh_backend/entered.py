"""When each document came into the index: the first build in which it stood, told on from build to build.

``entered.json`` lists, by the instant of a build, the ids of the documents that came with it. A text that was corrected
is another document, and came with its correction; what left and came back came when it came back.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from indexer.builds import current_build
from indexer.errors import IndexBrokenError, IndexMissingError

ENTERED = "entered.json"


def write_entered(folder: Path, ids: Iterable[str], built: str) -> None:
    """Write into a new build when its documents came: with an earlier one, or now (``built``, UTC in ISO 8601)."""
    try:
        known = read_entered(current_build(folder.parent))
    except (IndexMissingError, IndexBrokenError):  # whatever is wrong with the old index, the new one is built
        known = {}
    came: dict[str, list[str]] = {}
    for identity in ids:
        came.setdefault(known.get(identity, built), []).append(identity)
    (folder / ENTERED).write_bytes(msgspec.json.encode(came))


def read_entered(folder: Path) -> dict[str, str]:
    """Return when each document of a build came, by its id; nothing if the build was written before this was kept.

    Raises ``IndexBrokenError``.
    """
    path = folder / ENTERED
    try:
        came = msgspec.json.decode(path.read_bytes(), type=dict[str, list[str]])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise IndexBrokenError(f"{path}: cannot be read ({error}); run `yaodian index --rebuild`") from error
    return {identity: built for built, ids in came.items() for identity in ids}
