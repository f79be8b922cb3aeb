import ast
import re
from pathlib import Path

import pytest

from gateway import settings

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "operating.md").read_text("utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
ROWS = dict(re.findall(r"^\| `(GATEWAY_[A-Z_<>]+)` \| ?(.*?) ?\|", PAGE, re.MULTILINE))
"""Variable → default, as the table writes it."""

FOR_EACH_DESTINATION = f"{settings.SECRET_PREFIX}<DESTINATION>"


def read_by_the_code() -> dict[str, object]:
    """Return every variable that the settings read by name, with its default."""
    calls = [node for node in ast.walk(ast.parse(Path(settings.__file__).read_text("utf-8"))) if _reads(node)]
    return {ast.literal_eval(call.args[0]): ast.literal_eval(call.args[1]) for call in calls}


def _reads(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {"env.str", "env.int", "env.bool", "env.float"}


def test_the_table_has_every_setting_and_nothing_else() -> None:
    assert set(ROWS) == {*read_by_the_code(), FOR_EACH_DESTINATION}


def test_the_table_has_the_defaults_that_are_in_force() -> None:
    for name, default in read_by_the_code().items():
        assert ROWS[name] == (f"`{default}`" if default != "" else "")


def test_the_limits_in_the_table_are_the_ones_that_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = re.findall(r"^\| `(GATEWAY_[A-Z_]+)` \|[^|]*\| \w+, (\d+)-(\d+) \|", PAGE, re.MULTILINE)
    assert {name for name, _, _ in limits} == {
        name for name, default in read_by_the_code().items() if isinstance(default, int)
    }
    for name, least, most in limits:
        for value in (least, most):
            monkeypatch.setenv(name, value)
            settings.load_settings()
        for value in (int(least) - 1, int(most) + 1):
            monkeypatch.setenv(name, str(value))
            with pytest.raises(settings.SettingsError):
                settings.load_settings()
        monkeypatch.delenv(name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_no_page_names_a_setting_that_does_not_exist(page: Path) -> None:
    named = set(re.findall(r"\bGATEWAY_[A-Z_]*[A-Z]", page.read_text("utf-8")))
    secrets = {name for name in named if f"{name}_".startswith(settings.SECRET_PREFIX)}
    assert named - secrets <= set(read_by_the_code())
