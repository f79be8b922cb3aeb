"""Every claim of the threat model names what holds it, and what it names is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HELD, _, NOT_HELD = (ROOT / "docs" / "threat-model.md").read_text("utf-8").partition("\n## Not held yet\n")
SPAN = re.compile(r"`((?:gateway|tests|docs|policies)/[\w./-]+?(?:::\w+)?|pyproject\.toml)`")
CLAIMS = [" ".join(claim.split()) for claim in re.findall(r"^- (.*?)(?=\n- |\n\n|\Z)", HELD, re.MULTILINE | re.DOTALL)]
NAMED = sorted(set(SPAN.findall(HELD + NOT_HELD)))


def test_what_is_not_held_is_said() -> None:
    assert NOT_HELD.count("\n- ") > 5


@pytest.mark.parametrize("claim", CLAIMS)
def test_every_claim_names_a_file_or_a_test(claim: str) -> None:
    assert SPAN.search(claim)


@pytest.mark.parametrize("named", NAMED)
def test_what_the_page_names_is_there(named: str) -> None:
    path, _, test = named.partition("::")
    assert (ROOT / path).is_file()
    assert not test or re.search(rf"^ *def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE)


def test_no_path_on_the_page_is_written_in_a_way_that_this_test_does_not_see() -> None:
    spans = re.findall(r"`([^`\n]*/[^`\n]*)`", HELD + NOT_HELD)
    assert set(spans) - set(NAMED) == set()
