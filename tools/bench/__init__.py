"""How fast bugglio is, a module for each kind of figure; each figure has its baseline, measured in the same run."""
