"""Which team of a roster's tree has a project."""

from typing import Any

from bugglio.admin.shapes.rows import put


def give(teams: dict[str, dict[str, Any]], project: tuple[str, str], team: str, *, by_id: bool) -> None:
    """
    Take a project, its id and its name, from whoever has it, and write it into a team's list; "" is no team.

    `by_id`: it is written by its id, if it has one, and otherwise by its name.
    """
    id_, name = project
    written = id_ if (by_id and id_) or not name else name
    for key, each in teams.items():
        before = each.get("projects", [])
        kept = [known for known in before if known not in project or (key == team and known == written)]
        if key == team and written not in kept:
            kept.append(written)
        if kept != before:
            put(each, "projects", kept)
