"""The roster as a file: taken in like any other change, and handed out as `export` prints it."""

from typing import TYPE_CHECKING

from flask import Response, render_template, request, url_for

from bugglio.admin.roster import drafts
from bugglio.admin.roster.drafts import Answer, Sheet, Unfit
from bugglio.rosterfile import Fault, Faults, Tree, read, tree_of, write

if TYPE_CHECKING:
    from flask import Blueprint

    from bugglio.admin.office import Office

NAME = "oncall.yaml"


def register(part: "Blueprint", office: "Office") -> None:
    """Add its pages."""

    @part.get("/roster/export")
    def export() -> Response:
        text = write(drafts.sheet(office).book).encode()
        answer = Response(text, mimetype="application/yaml")
        answer.headers["Content-Disposition"] = f'attachment; filename="{NAME}"'
        return answer

    @part.route("/roster/file", methods=["GET", "POST"])
    def file() -> Answer:
        sheet = drafts.sheet(office)
        return _form(sheet) if request.method == "GET" else _sent(office, sheet)


def _form(sheet: Sheet, typed: str = "", faults: tuple[Fault, ...] = (), unfit: Unfit | None = None) -> str:
    return render_template("roster/file.html", version=sheet.version, typed=typed, faults=faults, unfit=unfit)


def _sent(office: "Office", sheet: Sheet) -> Answer:
    """A file that was chosen comes before what stands in the field."""
    chosen, pasted = request.files.get("file"), request.form.get("text", "")
    raw = (chosen.read() if chosen is not None else b"") or pasted.replace("\r\n", "\n").encode()
    try:
        book = read(raw).book
    except Faults as faults:
        return _form(sheet, raw.decode(errors="replace"), faults.faults), 422
    whole = tree_of(book)

    def change(tree: Tree) -> None:
        tree.clear()
        tree.update(whole)

    done, then = "The roster is what the file says.", url_for("roster.index")
    answer = drafts.propose(office, change, done=done, then=then, back=False, whole=True)
    return (_form(sheet, raw.decode(), unfit=answer), 422) if isinstance(answer, Unfit) else answer
