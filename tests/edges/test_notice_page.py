import hashlib
import json
import re
from pathlib import Path

import yaml

from gateway.core.notice import as_json_ld
from gateway.policies.load import load_policies

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "notice.md").read_text("utf-8")


def test_the_example_is_the_notice_of_our_own_policies() -> None:
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example
    assert json.loads(example[1]) == as_json_ld(load_policies(ROOT / "policies").notice_shown(), "helpdesk")


def test_the_hash_is_computed_as_the_page_says() -> None:
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code
    notice = as_json_ld(load_policies(ROOT / "policies").notice_shown(), "helpdesk")
    names = {"notice": notice, "json": json, "hashlib": hashlib}
    *steps, comparison = code[1].strip().splitlines()

    exec("\n".join(steps), names)  # noqa: S102  # the page's own example is what is tested
    assert eval(comparison, names)  # noqa: S307  # the same


def test_every_term_stands_on_the_page_with_what_it_narrows() -> None:
    terms = yaml.safe_load((ROOT / "policies" / "notices.yaml").read_text("utf-8"))["terms"]
    rows = dict(re.findall(r"^\| `([a-z-]+:[^`]+)` \| (.*) \|$", PAGE, re.MULTILINE))
    for term, about in terms.items():
        broader = about.get("broader")
        assert rows[term] == f"{about['meaning']} | {f'`{broader}`' if broader else ''}"


def test_every_member_of_the_notice_is_explained() -> None:
    notice = as_json_ld(load_policies(ROOT / "policies").notice_shown(), "helpdesk")
    for name in notice:
        assert f"`{name}`" in PAGE or name in {"@context", "@type"}
