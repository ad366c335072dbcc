"""Gathers the pages of the roster in one blueprint, behind one guard."""

from typing import TYPE_CHECKING

from flask import Blueprint, abort

from bugglio.admin.roster import (
    changes,
    drafts,
    engineers,
    files,
    index,
    overrides,
    projects,
    rotations,
    rules,
    settings,
    steps,
    teams,
)
from bugglio.admin.viewing import viewer

if TYPE_CHECKING:
    from bugglio.admin.office import Office

MODULES = (index, engineers, files, changes, drafts, teams, settings, rotations, overrides, steps, rules, projects)


def blueprint(office: "Office") -> Blueprint:
    """The pages below `/roster`."""
    part = Blueprint("roster", __name__)
    part.before_request(_admins)
    for module in MODULES:
        module.register(part, office)
    return part


def _admins() -> None:
    if not viewer().who.admin:
        abort(403)
