"""Functions that are served and measured beside bugglio's own."""
