import pytest

from bugglio.simulator.segments import count


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 152 + "€" + "a" * 151, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("ç" * 70, 1),
        ("ç" * 71, 2),
        ("🛒" * 35, 1),
        ("🛒" * 36, 2),
        ("🛒" * 66, 2),
        ("🛒" * 67, 3),
    ],
)
def test_segments_are_counted_as_on_the_air(text: str, segments: int) -> None:
    assert segments == count(text)
