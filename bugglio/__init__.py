"""bugglio: the on-call pager for teams that use Bugsnag."""

__version__ = "0.1.0"
