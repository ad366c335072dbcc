"""Logging in to the admin pages: by a code that is texted, or a link of the command line; sessions, and their end."""

from bugglio.pager.logins.caller import Caller, Entered
from bugglio.pager.logins.codes import Codes
from bugglio.pager.logins.links import Links
from bugglio.pager.logins.looking import Crowded
from bugglio.pager.logins.sessions import Logins

__all__ = ["Caller", "Codes", "Crowded", "Entered", "Links", "Logins"]
