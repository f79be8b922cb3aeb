"""The stylesheet's own promises: contrast in both schemes, no sides, nothing from elsewhere, small."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "gateway" / "web" / "static" / "gateway.css").read_text("utf-8")
GROUNDS = ("paper", "ground")
TEXT = [
    *((ink, ground) for ink in ("ink", "soft", "brand", "brand-deep", "bad") for ground in GROUNDS),
    ("on-brand", "brand"),
    ("on-brand", "brand-deep"),
    *((state, f"{state}-ground") for state in ("ok", "wait", "bad")),
    *((ink, "wait-ground") for ink in ("ink", "soft", "brand")),
    *(("ink", kind) for kind in ("person", "contact", "place", "number", "other")),
]
SHAPES = [(edge, ground) for edge in ("edge", "focus", "bad", "brand") for ground in GROUNDS]


def colours(scheme: str) -> dict[str, str]:
    light, after = CSS.split("prefers-color-scheme: dark", 1)
    dark = after.partition("}")[0]
    return _named(light) if scheme == "light" else _named(light) | _named(dark)


def _named(part: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", part))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_on_its_ground(scheme: str) -> None:
    palette = colours(scheme)
    weak = {pair: contrast(palette[pair[0]], palette[pair[1]]) for pair in TEXT}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_and_focus_can_be_seen_on_their_ground(scheme: str) -> None:
    palette = colours(scheme)
    weak = {pair: contrast(palette[pair[0]], palette[pair[1]]) for pair in SHAPES}
    assert {pair: round(ratio, 2) for pair, ratio in weak.items() if ratio < 3} == {}


def test_contrast_is_computed_as_its_definition_says() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_the_dark_scheme_sets_every_colour_that_the_light_one_has() -> None:
    light, dark = colours("light"), colours("dark")
    assert [name for name in light if light[name] == dark[name]] == []


def test_sides_are_logical_so_that_right_to_left_works() -> None:
    assert re.findall(r"(?:margin|padding|border|inset)-(?:left|right)|text-align: (?:left|right)|float:", CSS) == []


def test_nothing_comes_from_elsewhere_and_the_file_stays_small() -> None:
    assert re.findall(r"url\(|@import|@font-face", CSS) == []
    assert len(CSS.splitlines()) < 300
