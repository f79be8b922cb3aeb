import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from gateway.cli.policies import policies
from gateway.core.errors import PolicyError
from gateway.core.policy import DESTINATION_KINDS, Permission
from gateway.policies.load import load_policies

OURS = Path(__file__).resolve().parents[2] / "policies"
FILES = sorted(path.relative_to(OURS).as_posix() for path in OURS.rglob("*.yaml"))
CANARY = "whsec_CANARYcanaryCANARY"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(OURS, tmp_path / "policies"))


def change(folder: Path, file: str, edit: Callable[[Any], object]) -> None:
    path = folder / file
    document = yaml.safe_load(path.read_text("utf-8"))
    edit(document)
    path.write_text(yaml.safe_dump(document, allow_unicode=True), "utf-8")


def faults(folder: Path) -> list[str]:
    with pytest.raises(PolicyError) as caught:
        load_policies(folder)
    return [str(fault) for fault in caught.value.faults]


def said(folder: Path) -> str:
    try:
        load_policies(folder)
    except PolicyError as error:
        return f"{error} {error.faults}"
    return ""


def put(*path: str | int, value: object) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return edit


def drop(*path: str | int) -> Callable[[Any], None]:
    def edit(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return edit


def pattern(entity: str = "ID", regex: str = "ORD") -> Callable[[Any], None]:
    return put("extra_patterns", value=[{"name": "ours", "entity": entity, "regex": regex, "score": 0.9}])


SANDBOX = ("destinations", "sandbox")
NOTICE = ("notices", "service-handling")
ENGLISH = (*NOTICE, "texts", "en")

WRONG = {
    "a destination whose profile nobody defined": (
        "destinations.yaml",
        put(*SANDBOX, "profile", value="intern"),
        "destinations.yaml: /destinations/sandbox/profile: there is no profile of that name",
    ),
    "a destination whose notice nobody wrote": (
        "destinations.yaml",
        put(*SANDBOX, "notice", value="other"),
        "destinations.yaml: /destinations/sandbox/notice: there is no notice of that name",
    ),
    "a kind of destination that does not exist": (
        "destinations.yaml",
        put(*SANDBOX, "kind", value="pigeon"),
        "destinations.yaml: /destinations/sandbox/kind: must be one of: webhook",
    ),
    "an event that is never sent": (
        "destinations.yaml",
        put(*SANDBOX, "events", value=["complaint.exploded"]),
        "destinations.yaml: /destinations/sandbox/events/0: must be one of: complaint.sanitised",
    ),
    "an address without encryption": (
        "destinations.yaml",
        put(*SANDBOX, "address", value="http://helpdesk.example.com/hook"),
        "destinations.yaml: /destinations/sandbox/address: is not encrypted; only https may leave this machine",
    ),
    "an address on this machine that is not allowed": (
        "destinations.yaml",
        drop(*SANDBOX, "allow_loopback"),
        "destinations.yaml: /destinations/sandbox/address: is on this machine; set allow_loopback if that is meant",
    ),
    "a word where true or false belongs": (
        "destinations.yaml",
        put(*SANDBOX, "embedded_only", value="yes, please"),
        "destinations.yaml: /destinations/sandbox/embedded_only: is neither true nor false",
    ),
    "a misspelt key": (
        "destinations.yaml",
        put(*SANDBOX, "adress", value="https://helpdesk.example.com/hook"),
        "destinations.yaml: /destinations/sandbox/adress: is not a key that is known here",
    ),
    "a destination that no environment variable can name": (
        "destinations.yaml",
        put(
            "destinations",
            value={"help-desk": yaml.safe_load((OURS / FILES[0]).read_text())["destinations"]["sandbox"]},
        ),
        "destinations.yaml: /destinations/help-desk: is not a name in small letters, digits and underscores",
    ),
    "a missing key": (
        "destinations.yaml",
        drop(*SANDBOX, "events"),
        "destinations.yaml: /destinations/sandbox/events: is missing",
    ),
    "a threshold that no score can reach": (
        "redaction.yaml",
        put("entities", "EMAIL", "threshold", value=1.01),
        ("redaction.yaml: /entities/EMAIL/threshold: must be greater than or equal to 0 and less than or equal to 1"),
    ),
    "a profile that leaves an unknown kind readable": (
        "redaction.yaml",
        put("profiles", "public", "leaves_readable", value=["EMIAL"]),
        "redaction.yaml: /profiles/public/leaves_readable/0: there is no entity of that name",
    ),
    "an extra pattern for an unknown kind": (
        "redaction.yaml",
        pattern(entity="ORDER"),
        "redaction.yaml: /extra_patterns/0/entity: there is no entity of that name",
    ),
    "a pattern that does not compile": (
        "redaction.yaml",
        pattern(regex="ORD-(\\d+"),
        "redaction.yaml: /extra_patterns/0/regex: is not a regular expression (position 4)",
    ),
    "a pattern that finds nothing everywhere": (
        "redaction.yaml",
        pattern(regex="(ORD)?"),
        "redaction.yaml: /extra_patterns/0/regex: matches where nothing stands",
    ),
    "a pattern that one long text brings to a halt": (
        "redaction.yaml",
        pattern(regex=r"\d+\d+X"),
        "redaction.yaml: /extra_patterns/0/regex: takes too long on a long text; bound what repeats, such as {1,40}",
    ),
    "no language at all": (
        "redaction.yaml",
        put("languages", value=[]),
        "redaction.yaml: /languages: is empty",
    ),
    "a permission that does not exist": (
        "roles.yaml",
        put("roles", "handler", "permissions", value=["complaint:own"]),
        f"roles.yaml: /roles/handler/permissions/0: must be one of: {', '.join(Permission)}",
    ),
    "a shown notice that nobody wrote": (
        "notices.yaml",
        put("shown", value="other"),
        "notices.yaml: /shown: there is no notice of that name",
    ),
    "a notice without English": (
        "notices.yaml",
        drop(*ENGLISH),
        "notices.yaml: /notices/service-handling/texts: English (en) is missing",
    ),
    "a term that is not explained": (
        "notices.yaml",
        put(*NOTICE, "prohibited", value=["dpv:Shear"]),
        "notices.yaml: /notices/service-handling/prohibited/0: there is no term of that name",
    ),
    "a term of no vocabulary": (
        "notices.yaml",
        put(*NOTICE, "jurisdiction", value="Europe"),
        (
            "notices.yaml: /notices/service-handling/jurisdiction: "
            "is not a term with one of: ai, cg, dpv, eu-gdpr, loc, odrl"
        ),
    ),
    "a word of our own that narrows nothing": (
        "notices.yaml",
        drop("terms", "cg:Reidentify", "broader"),
        "notices.yaml: /terms/cg:Reidentify/broader: is missing; say which public term it narrows",
    ),
    "a retention in hours": (
        "notices.yaml",
        put(*NOTICE, "retention", value="PT12H"),
        (
            "notices.yaml: /notices/service-handling/retention: "
            "is not a duration in days, weeks, months or years, such as P30D or P1Y"
        ),
    ),
    "a day that no calendar has": (
        "notices.yaml",
        put(*NOTICE, "issued", value="2026-02-30"),
        "notices.yaml: /notices/service-handling/issued: is not a date such as 2026-01-31",
    ),
    "a version that YAML took for a number": (
        "notices.yaml",
        put(*NOTICE, "version", value=1.10),
        "notices.yaml: /notices/service-handling/version: is not text; put it in quotes",
    ),
    "a placeholder that nothing fills in a notice": (
        "notices.yaml",
        put(*ENGLISH, "short", value="Ask {phone}."),
        (
            "notices.yaml: /notices/service-handling/texts/en/short: "
            "only these may stand in curly brackets: contact, controller, rights_url"
        ),
    ),
    "a placeholder that reaches into the program": (
        "messages/de.yaml",
        put("acknowledgement", value="{reference.__class__} {reference}"),
        "messages/de.yaml: /acknowledgement: only these may stand in curly brackets: received, reference",
    ),
    "an acknowledgement without the reference": (
        "messages/en.yaml",
        put("acknowledgement", value="Thank you."),
        "messages/en.yaml: /acknowledgement: {reference} is missing",
    ),
    "a lonely curly bracket": (
        "messages/en.yaml",
        put("acknowledgement", value="{reference} {"),
        "messages/en.yaml: /acknowledgement: a curly bracket stands alone",
    ),
}


@pytest.mark.parametrize(("file", "edit", "fault"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_by_file_place_and_reason(
    folder: Path, file: str, edit: Callable[[Any], object], fault: str
) -> None:
    change(folder, file, edit)
    assert faults(folder) == [fault]


BROKEN = {
    "a key given twice": (
        lambda folder: (folder / "roles.yaml").write_text("roles: {}\nroles: {}\n"),
        "roles.yaml: line 2: the key is given twice",
    ),
    "a file that is missing": (lambda folder: (folder / "roles.yaml").unlink(), "roles.yaml: is missing"),
    "no English messages": (lambda folder: (folder / "messages/en.yaml").unlink(), "messages/en.yaml: is missing"),
    "a file that nobody reads": (
        lambda folder: (folder / "redactoin.yaml").write_text("{}"),
        "redactoin.yaml: is not a policy file that the gateway knows; is its name right?",
    ),
    "the other ending": (
        lambda folder: (folder / "retention.yml").write_text("{}"),
        "retention.yml: is not a policy file that the gateway knows; is its name right?",
    ),
    "messages in no language": (
        lambda folder: shutil.copy(folder / "messages/en.yaml", folder / "messages/English.yaml"),
        "messages/English.yaml: is not a policy file that the gateway knows; is its name right?",
    ),
    "punctuation that is not YAML": (
        lambda folder: (folder / "roles.yaml").write_text("roles: [\n"),
        "roles.yaml: is not valid YAML in line 2: expected the node content, but found '<stream end>'",
    ),
    "a file in another encoding": (
        lambda folder: (folder / "roles.yaml").write_bytes(b"roles: \xff\xfe\n"),
        "roles.yaml: is not valid YAML",
    ),
    "an object instead of data": (
        lambda folder: (folder / "roles.yaml").write_text("roles: !!python/object/apply:os.getcwd []\n"),
        "roles.yaml: is not valid YAML in line 1",
    ),
    "an empty file": (lambda folder: (folder / "roles.yaml").write_text(""), "roles.yaml: /roles: is missing"),
    "a list where a table belongs": (
        lambda folder: (folder / "roles.yaml").write_text("[]"),
        "roles.yaml: is not a table",
    ),
}


@pytest.mark.parametrize(("damage", "fault"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_cannot_be_read_is_a_fault(folder: Path, damage: Callable[[Path], object], fault: str) -> None:
    damage(folder)
    assert fault in faults(folder)


def test_every_fault_is_listed_at_once(folder: Path) -> None:
    chosen = [
        "a destination whose profile nobody defined",
        "an event that is never sent",
        "an address without encryption",
        "a misspelt key",
        "a threshold that no score can reach",
        "an extra pattern for an unknown kind",
        "a permission that does not exist",
        "a retention in hours",
        "a term that is not explained",
        "an acknowledgement without the reference",
    ]
    for name in chosen:
        file, edit, _ = WRONG[name]
        change(folder, file, edit)
    (folder / "messages/fr.yaml").write_text("acknowledgement: [\n")

    found = faults(folder)

    assert {WRONG[name][2] for name in chosen} < set(found)
    assert any(fault.startswith("messages/fr.yaml: is not valid YAML") for fault in found)
    assert len(found) == len(chosen) + 1


def test_nobody_is_used_for_a_purpose_that_complainants_are_not_told_of(folder: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        other = dict(document["notices"]["service-handling"], purposes=["dpv:Marketing"])
        document["notices"]["other"] = other
        document["terms"]["dpv:Marketing"] = {"meaning": "Advertising."}

    change(folder, "notices.yaml", edit)
    change(folder, "destinations.yaml", put(*SANDBOX, "notice", value="other"))

    assert faults(folder) == [
        (
            "destinations.yaml: /destinations/sandbox/notice: "
            "the notice allows a purpose that the notice shown to complainants does not name"
        )
    ]


def test_the_profile_that_the_office_works_with_must_be_there(folder: Path) -> None:
    change(
        folder, "redaction.yaml", lambda document: document["profiles"].update(x=document["profiles"].pop("internal"))
    )
    change(folder, "destinations.yaml", put("destinations", value={}))

    assert faults(folder) == ["redaction.yaml: /profiles: the profile internal is missing; the office works with it"]


def _places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield path
    for key, one in inner:
        yield from _places(one, (*path, key))


@pytest.mark.parametrize("file", ["destinations.yaml", "roles.yaml", "messages/en.yaml"])
def test_a_secret_in_the_wrong_place_is_never_repeated(folder: Path, file: str) -> None:
    original = (folder / file).read_text("utf-8")
    for path in list(_places(yaml.safe_load(original)))[1:]:
        for value in (CANARY, {CANARY: [CANARY]}):
            change(folder, file, put(*path, value=value))
            assert "canary" not in said(folder).lower(), path
            (folder / file).write_text(original, "utf-8")


def test_a_line_that_is_not_yaml_is_not_repeated(folder: Path) -> None:
    for line in (f"{CANARY}: [", f"a: {CANARY}: b", f"a: *{CANARY}", f"a: !{CANARY} b", f"'{CANARY}"):
        (folder / "roles.yaml").write_text(line)
        assert "canary" not in said(folder).lower(), line


def test_the_version_changes_with_what_is_said_and_not_with_how_it_is_written(folder: Path) -> None:
    before = load_policies(folder).version
    path = folder / "redaction.yaml"
    path.write_text(f"# a remark\n{path.read_text('utf-8')}", "utf-8")
    change(folder, "roles.yaml", lambda _: None)
    assert load_policies(folder).version == before

    change(folder, "redaction.yaml", put("entities", "EMAIL", "threshold", value=0.51))
    assert load_policies(folder).version != before


def test_our_own_policies_become_one_set() -> None:
    found = load_policies(OURS)
    destination = found.destinations[0]

    assert destination.name == "sandbox"
    assert destination.kind in DESTINATION_KINDS
    assert destination.event_types == {"complaint.sanitised"}
    assert found.redaction.profiles["internal"] == frozenset()
    assert "equifax" in found.redaction.allow_list
    assert found.permits("handler", Permission.COMPLAINT_LIST)
    assert not found.permits("administrator", Permission.COMPLAINT_LIST)
    assert found.notice_shown().id == "service-handling"
    assert set(found.messages) == set(found.notice_shown().texts) == {"de", "en", "es", "fr"}


@pytest.mark.parametrize("language", ["de", "en", "es", "fr"])
def test_texts_for_people_name_who_is_responsible_and_have_no_gap_left(language: str) -> None:
    found = load_policies(OURS)
    notice = found.notice_shown()
    text = notice.text(language)
    acknowledgement = found.messages_in(language).acknowledgement.format(reference="7QK2M-9XW4T", received="now")

    assert all(value in text.whole for value in (notice.controller, notice.contact, notice.rights_url))
    assert "7QK2M-9XW4T" in acknowledgement
    assert "{" not in text.title + text.short + text.whole + acknowledgement


def test_check_shows_what_is_in_force() -> None:
    answer = CliRunner().invoke(policies, ["check", str(OURS)])

    assert answer.exit_code == 0
    assert answer.stdout.startswith(f"{len(FILES)} files, version {load_policies(OURS).version[:16]}: good\n")
    assert "service-handling 1 of 2026-11-22, kept P1Y, in de, en, es, fr" in answer.stdout


def test_check_reads_the_folder_that_the_environment_names(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(folder, "roles.yaml", put("roles", "guest", value={"permissions": []}))
    monkeypatch.setenv("GATEWAY_POLICIES", str(folder))

    answer = CliRunner().invoke(policies, ["check", "--json"])

    assert json.loads(answer.stdout)["version"] == load_policies(folder).version


def test_check_prints_every_fault_on_a_line_of_its_own(folder: Path) -> None:
    change(folder, "destinations.yaml", put(*SANDBOX, "profile", value="intern"))
    change(folder, "roles.yaml", drop("roles"))

    answer = CliRunner().invoke(policies, ["check", str(folder)])
    as_json = CliRunner().invoke(policies, ["check", str(folder), "--json"])

    assert answer.exit_code == as_json.exit_code == 1
    assert answer.stdout == ""
    assert answer.stderr.splitlines() == faults(folder)
    assert [f"{one['pointer']}: {one['reason']}" for one in json.loads(as_json.stdout)["faults"]] == faults(folder)
