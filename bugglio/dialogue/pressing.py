"""What somebody asks for on a page does the same as by text; nothing is guessed, and nothing is asked back."""

from dataclasses import replace

from bugglio.dialogue import acting, retracting
from bugglio.dialogue.scene import Reply, Scene
from bugglio.grammar import Command
from bugglio.gsm import to_gsm
from bugglio.redact import redact

WORDS = (*acting.WORDS, "undo")
"""What can be asked for."""
NONE = "there is no such alert."
CHANGED_SINCE = "your last change is another by now."


def pressed(command: Command, keys: tuple[str, ...], scene: Scene, undoes: int = 0) -> Reply:
    """
    What a word comes to on exactly these alerts (ids); of the command's own codes nothing is made.

    `undoes`: of `undo`, when the change was made that is to be taken back. Of the phone of whoever asks only what it
    changed last is another afterwards.
    """
    said = _undone(scene, undoes) if command.verb == "undo" else _done(command, keys, scene)
    answer = to_gsm(said.answer) or NONE
    done = said.changed or scene.done or answer.startswith("Nothing")
    nothing = "" if done else f"Nothing changed{'.' if answer[0].isupper() else ':'} "
    return replace(said, answer=f"{nothing}{redact(answer)}")


def _done(command: Command, keys: tuple[str, ...], scene: Scene) -> Reply:
    if command.verb == "pass" and command.rest not in scene.roster.engineers:
        return Reply(acting.nobody_called(command.rest), scene.phone)
    order = acting.ordered(command.verb, command.rest, scene)
    if isinstance(order, str):
        return Reply(order, scene.phone)
    return acting.do(order, keys, scene, scene.phone)


def _undone(scene: Scene, undoes: int) -> Reply:
    last = scene.phone.changed
    if last is not None and (last.at != undoes or retracting.is_apart(last)):
        return Reply(CHANGED_SINCE, scene.phone)
    return acting.undo(Command("undo"), scene, scene.phone)
