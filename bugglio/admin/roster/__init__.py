"""
The roster's pages, for admins only: the blueprint's guard refuses everybody else, so no page has to.

A form changes a tree. Its pieces:

- GET: `drafts.sheet(office)` reads the roster afresh: `.book`, and `.version`, which travels with the form as a hidden
  field: `{% import "roster/parts.html" as parts %}`, then `{{ parts.hidden(sheet.version) }}` inside `<form>` (it is
  the CSRF token too). What is in the fields comes of the Book; `rosterfile.plain` has `team_tree`, `rotation_tree`,
  `step_tree`, `override_tree`, `rule_tree` for the texts of one thing as the file says them.
- POST: `drafts.propose(office, change, done="Rotation primary was added.", then=url_for(...))`. `change(tree)` changes
  the plain tree of the whole roster in place, in the roster file's form and with texts only: `tree["teams"]["shop"]
  ["rotations"]["primary"] = {"engineers": ["ana"], "starts": "2026-01-05T09:00"}`. It may be called with a newer tree
  than the form was made of; a `LookupError` of it is told as "not there any more". It returns `Unfit`, or the answer
  to hand back: the preview, which saves by itself and then says `done` and leads to `then`.
- `Unfit`: show the form again with what was typed, status 422. `unfit.at("teams", "shop", "rotations", "primary",
  "starts")` are the sentences about that place and all below it; `{{ parts.faults(unfit) }}` lists all of them at the
  form's head, and `{{ parts.fault(sentences, "id-of-it") }}` tells those of a field (`aria-describedby` that id).
  Faults of your own, such as a field that cannot be read: raise `drafts.Unfitting(("teams", "shop"), "found ...")`
  in `change`; `drafts.unfit(path, sentence)` makes the `Unfit` directly.
- The preview has a button that leads back to the form with what was typed: it posts the same fields and `again`. So a
  POST begins with `if drafts.again(): return` the form, drawn from `request.form`, with status 200.
"""

from bugglio.admin.roster.gathering import blueprint

__all__ = ["blueprint"]
