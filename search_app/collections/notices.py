"""What was just done, said once on the next page, with the way to undo it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args

from flask import Response, g, render_template, request

from indexer.errors import YaodianError
from search_app.access import current_database
from search_app.collections.addresses import Address
from search_app.collections.cookie import is_safe, read_shelf
from search_app.collections.listing import Listed, listed

Kind = Literal[
    "saved",
    "there",
    "removed",
    "restored",
    "moved",
    "edited",
    "forgotten",
    "remembered",
    "chosen",
    "back",
    "seen",
    "newer",
]
_COOKIE = "yaodian_notice"
_SECONDS = 60
_SHAPE = re.compile(r"([a-z]+)\.(r[a-z2-7]{32}|)\.([0-9a-f]{16}|)")


@dataclass(frozen=True, slots=True)
class Notice:
    """What was done, to which collection (by the address to read it) and which item of it."""

    kind: Kind
    read: str = ""
    item: str = ""


def leave_notice(response: Response, notice: Notice) -> Response:
    """Have the next page of this browser say what was done. The cookie holds nothing secret, and nothing to show."""
    written = f"{notice.kind}.{notice.read}.{notice.item}"
    response.set_cookie(_COOKIE, written, max_age=_SECONDS, httponly=True, secure=is_safe(), samesite="Lax")
    return response


def clear_notice(response: Response) -> None:
    """Say it no more."""
    if _COOKIE in request.cookies:
        response.delete_cookie(_COOKIE, httponly=True, secure=is_safe(), samesite="Lax")


def notice_html(notice: Notice | None = None, back: str | None = None) -> str:
    """Write a notice, by default the one that this browser brought along; nothing if there is none."""
    if notice is None:
        notice = _brought()
    if notice is None:
        return ""
    try:
        addresses = read_shelf().addresses
        there = listed(current_database(), addresses)
    except YaodianError:
        return ""
    own: Address | None = g.get("shown_collection")
    concerned = next((each for each in there if each.address.read == notice.read), None)
    return render_template(
        "_notice.html",
        notice=notice,
        concerned=concerned,
        others=[each for each in editable(there) if each.address.read != notice.read],
        own=own if own is not None and own.read == notice.read else None,
        back=back if back is not None else _here(),
    )


def editable(there: tuple[Listed, ...]) -> list[Listed]:
    """Return the collections that something can be saved into."""
    return [each for each in there if each.address.may_edit and each.deleted is None]


def _here() -> str:
    """Return the page that is shown, without an address to edit: pages say those only where they are asked for."""
    if request.path.startswith("/c/"):
        return ""
    return request.full_path.rstrip("?")


def _brought() -> Notice | None:
    found = _SHAPE.fullmatch(request.cookies.get(_COOKIE, ""))
    if found is None or found[1] not in get_args(Kind):
        return None
    return Notice(cast(Kind, found[1]), found[2], found[3])
