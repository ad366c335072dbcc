"""One quiet style, light and dark, for the admin pages and for the simulator's: colours, type, focus."""

from pathlib import Path

FOLDER = Path(__file__).parent
"""Where `base.css` lies."""
