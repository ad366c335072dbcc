"""What a team is set to: everything of it that is one text."""

from collections.abc import Mapping
from typing import Any

from bugglio.admin.shapes.rows import Form, Part
from bugglio.admin.shapes.texts import joined, split
from bugglio.roster import Team
from bugglio.rosterfile import forms

KEYS = ("timezone", "repeat", "acknowledged_for", "close_after", "digest_at", "text")


def plain() -> dict[str, str]:
    """The defaults."""
    team = Team("")
    spans = {"acknowledged_for": forms.span(team.acknowledged_for), "close_after": forms.span(team.close_after)}
    others = {"timezone": team.timezone, "repeat": str(team.repeat), "text": team.text}
    return {**others, **spans, "digest_at": forms.clock(team.digest_at)}


def shown(team: Part) -> dict[str, str]:
    """The fields; one that is empty goes by the default."""
    return {**{key: str(team.get(key, "")) for key in KEYS}, "projects": joined(team.get("projects", ()))}


def filled(form: Form) -> dict[str, str]:
    """The fields as they were typed."""
    return {key: form.get(key, "") for key in (*KEYS, "projects")}


def put(team: Part, fields: Mapping[str, str]) -> dict[str, Any]:
    """The team with these settings; everything else of it stays."""
    said = {key: _said(key, fields.get(key, "")) for key in KEYS} | {"projects": split(fields.get("projects", ""))}
    kept = {key: value for key, value in team.items() if key not in said or said[key]}
    return {**kept, **{key: value for key, value in said.items() if value}}


def _said(key: str, text: str) -> str:
    """A page's text may begin or end with blanks, and is one line."""
    return " ".join(text.splitlines()) if key == "text" else text.strip()
