"""The description of the JSON of collections in OpenAPI 3.1; a test does all of it."""

from __future__ import annotations

from typing import Any

from search_app.collections.models import KEPT_DAYS, MAX_ITEMS, MAX_NOTE, MAX_TAG, MAX_TAGS, MAX_TITLE
from search_app.collections.privacy import API

Json = dict[str, Any]

_TITLE: Json = {"type": "string", "maxLength": MAX_TITLE}
_NOTE: Json = {"type": "string", "maxLength": MAX_NOTE}
_TAGS: Json = {"type": "array", "maxItems": MAX_TAGS, "items": {"type": "string", "maxLength": MAX_TAG}}
_ADDRESS: Json = {
    "name": "address",
    "in": "path",
    "required": True,
    "description": "The secret of the address to edit, or the one to read that it comes with.",
    "schema": {"type": "string", "pattern": "^[er][a-z2-7]{32}$"},
}
_ITEM: Json = {"name": "item", "in": "path", "required": True, "schema": {"type": "string"}}
_IF_MATCH: Json = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the version that the change was made from; * for whichever there is.",
    "schema": {"type": "string"},
}
_OF_ONE = (403, 404, 410, 412, 503)


def paths() -> Json:
    """Describe every address of collections."""
    one = f"{API}/{{address}}"
    item = f"{one}/items/{{item}}"
    return {
        API: {
            "post": _operation(
                "Make a collection; its address to edit is told now and never again.",
                body=_body(title=_TITLE, note=_NOTE),
                made=True,
                errors=(400, 403, 413, 415, 503),
            )
        },
        one: {
            "get": _operation("A collection, and what became of its passages.", [_ADDRESS], errors=(404, 410, 503)),
            "patch": _operation(
                "Change title and note; or the order of all items; or bring it back (deleted: false).",
                [_ADDRESS, _IF_MATCH],
                body=_body(
                    title=_TITLE,
                    note=_NOTE,
                    order={"type": "array", "maxItems": MAX_ITEMS, "items": {"type": "string"}},
                    deleted={"type": "boolean"},
                ),
                errors=(400, 413, 415, 428, *_OF_ONE),
            ),
            "delete": _operation(
                f"Delete it; for good after {KEPT_DAYS} days.", [_ADDRESS, _IF_MATCH], errors=(428, *_OF_ONE)
            ),
        },
        f"{one}/items": {
            "post": _operation(
                "Save a paragraph by its id, or a search or comparison by its address. What is there already is "
                "answered with 200 and left as it is. The quotation is read from the index, never sent.",
                [_ADDRESS, {**_IF_MATCH, "required": False}],
                body=_body(
                    paragraph={"type": "string"},
                    search={"type": "string"},
                    comparison={"type": "string"},
                    note=_NOTE,
                    tags=_TAGS,
                ),
                made=True,
                errors=(400, 413, 415, *_OF_ONE),
            )
        },
        item: {
            "patch": _operation(
                "Change note, tags or place; or note that a search was looked at (seen: true); or bring it back "
                "(deleted: false).",
                [_ADDRESS, _ITEM, _IF_MATCH],
                body=_body(
                    note=_NOTE,
                    tags=_TAGS,
                    position={"type": "integer", "minimum": 1},
                    seen={"const": True},
                    deleted={"type": "boolean"},
                ),
                errors=(400, 413, 415, 428, *_OF_ONE),
            ),
            "delete": _operation(
                f"Delete an item; for good after {KEPT_DAYS} days.",
                [_ADDRESS, _ITEM, _IF_MATCH],
                errors=(428, *_OF_ONE),
            ),
        },
        f"{item}/new": {
            "get": _operation(
                "What a saved search finds that it did not find when it was last looked at.",
                [_ADDRESS, _ITEM],
                errors=(400, 404, 410, 503),
            )
        },
    }


def _body(**properties: Json) -> Json:
    schema = {"type": "object", "additionalProperties": False, "properties": properties}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _operation(
    summary: str,
    parameters: list[Json] | None = None,
    *,
    body: Json | None = None,
    made: bool = False,
    errors: tuple[int, ...],
) -> Json:
    whole = {"application/json": {"schema": {"type": "object"}}}
    refused = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    versioned = {"ETag": {"description": "The version, for If-Match.", "schema": {"type": "string"}}}
    answers: Json = {"200": {"description": "OK", "headers": versioned, "content": whole}}
    if made:
        answers["201"] = {"description": "Created", "headers": versioned, "content": whole}
    answers |= {str(status): {"description": "Error", "content": refused} for status in sorted(errors)}
    described: Json = {"summary": summary, "parameters": parameters or [], "responses": answers}
    return described if body is None else described | {"requestBody": body}
