"""The engineers: found, added, changed, removed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import abort, render_template, request, url_for

from bugglio.admin.keys import number
from bugglio.admin.roster import drafts
from bugglio.admin.roster.drafts import Answer, Sheet, Unfit
from bugglio.admin.roster.people import PAGE, dropped, found, named_in, people, without
from bugglio.admin.viewing import viewer
from bugglio.roster import Engineer
from bugglio.rosterfile import Lost, Tree
from bugglio.rosterfile.plain import engineer_tree
from bugglio.rosterfile.values import zones

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office


def register(part: "Blueprint", office: "Office") -> None:
    """Add their pages."""

    @part.get("/roster/engineers")
    def engineers() -> str:
        return _list(office)

    @part.route("/roster/new-engineer", methods=["GET", "POST"])
    def new_engineer() -> Answer:
        sheet = drafts.sheet(office)
        if request.method == "GET":
            return _form(sheet, None, _Typed())
        return _typed(office, sheet, None)

    @part.route("/roster/engineers/<person>", methods=["GET", "POST"])
    def engineer(person: str) -> Answer:
        sheet = drafts.sheet(office)
        known = _known(sheet, person)
        if request.method == "GET":
            return _form(sheet, known, _written(known))
        return _typed(office, sheet, known)

    @part.route("/roster/engineers/<person>/remove", methods=["GET", "POST"])
    def remove_engineer(person: str) -> Answer:
        sheet = drafts.sheet(office)
        known = _known(sheet, person)
        return _leaving(sheet, known, None) if request.method == "GET" else _removed(office, sheet, known)


@dataclass(frozen=True)
class _Typed:
    """What stands in the form."""

    id: str = ""
    name: str = ""
    phone: str = ""
    timezone: str = ""
    admin: bool = False

    @property
    def tree(self) -> Tree:
        """As the file says it."""
        return engineer_tree(Engineer(self.id, self.name, self.phone, self.admin, self.timezone))


def _list(office: "Office") -> str:
    book = drafts.sheet(office).book
    wanted, page = request.args.get("q", "").strip(), max(1, number(request.args.get("page", ""))) - 1
    matching = found(book, wanted)
    shown = matching[page * PAGE : (page + 1) * PAGE]
    return render_template(
        "roster/engineers.html",
        people=people(office, book, shown, viewer().now),
        count=len(matching),
        all=len(book.engineers),
        wanted=wanted,
        page=page,
        pages=max(1, -(-len(matching) // PAGE)),
        first=page * PAGE + 1,
        last_resort=viewer().roster.last_resort,
    )


def _known(sheet: Sheet, person: str) -> Engineer:
    return sheet.book.engineers.get(person) or abort(404)


def _written(known: Engineer) -> _Typed:
    return _Typed(known.id, known.name, known.phone, known.timezone, known.admin)


def _typed(office: "Office", sheet: Sheet, known: Engineer | None) -> Answer:
    """What was typed, as a preview or as the form with its faults."""
    form = request.form
    key = known.id if known is not None else form.get("id", "").strip()
    name, phone, timezone = (form.get(field, "").strip() for field in ("name", "phone", "timezone"))
    typed = _Typed(key, name, phone, timezone, "admin" in form)
    if drafts.again():
        return _form(sheet, known, typed)

    def change(tree: Tree) -> None:
        if known is None and key in tree["engineers"]:
            raise drafts.Unfitting(("engineers", key), f"found `{key}` again, expected an id that nobody has.")
        if known is not None and key not in tree["engineers"]:
            raise Lost(["engineers", key])
        tree["engineers"][key] = typed.tree

    done = f"{name} was {'added' if known is None else 'changed'}."
    answer = drafts.propose(office, change, done=done, then=url_for("roster.engineers"))
    return (_form(sheet, known, typed, answer), 422) if isinstance(answer, Unfit) else answer


def _form(sheet: Sheet, known: Engineer | None, typed: _Typed, unfit: Unfit | None = None) -> str:
    return render_template(
        "roster/engineer.html", known=known, typed=typed, unfit=unfit, version=sheet.version, zones=sorted(zones())
    )


def _leaving(sheet: Sheet, known: Engineer, unfit: Unfit | None) -> str:
    return render_template(
        "roster/engineer_leaves.html",
        known=known,
        named=named_in(sheet.book, known.id),
        alone=without(sheet.book, known.id),
        unfit=unfit,
        version=sheet.version,
    )


def _removed(office: "Office", sheet: Sheet, known: Engineer) -> Answer:
    if drafts.again():
        return _leaving(sheet, known, None)
    then = url_for("roster.engineers")
    answer = drafts.propose(office, lambda tree: dropped(tree, known.id), done=f"{known.name} was removed.", then=then)
    return (_leaving(sheet, known, answer), 422) if isinstance(answer, Unfit) else answer
