from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.findings import Finding, settle


def finding(start: int, end: int, score: float = 0.5, entity: str = "PERSON") -> Finding:
    return Finding(start=start, end=end, entity=entity, score=score, recogniser="test")


FINDINGS = st.lists(
    st.builds(
        lambda start, length, score, entity: finding(start, start + length, score, entity),
        st.integers(0, 40),
        st.integers(1, 12),
        st.sampled_from([0.3, 0.5, 0.85, 1.0]),
        st.sampled_from(["PERSON", "PHONE", "ID"]),
    ),
    max_size=15,
)


def covered(findings: list[Finding]) -> set[int]:
    return {place for one in findings for place in range(one.start, one.end)}


def test_findings_that_do_not_overlap_stay_as_they_are_in_text_order() -> None:
    late, early = finding(10, 15), finding(0, 5)
    assert settle([late, early]) == [early, late]


def test_the_surer_finding_names_the_span_and_the_rest_of_the_other_stays_covered() -> None:
    sure, broad = finding(5, 10, 1.0, "EMAIL"), finding(0, 20, 0.85, "PERSON")
    assert settle([broad, sure]) == [finding(0, 5, 0.85), sure, finding(10, 20, 0.85)]


def test_of_two_equally_sure_findings_the_longer_names_the_span() -> None:
    long, short = finding(0, 20, 0.5, "ID"), finding(5, 9, 0.5, "PHONE")
    assert settle([short, long]) == [long]


def test_of_two_equal_findings_the_earlier_names_the_span() -> None:
    early, late = finding(0, 10, 0.5, "ID"), finding(5, 15, 0.5, "PHONE")
    assert settle([late, early]) == [early, finding(10, 15, 0.5, "PHONE")]


@given(FINDINGS)
def test_settling_uncovers_nothing_and_covers_nothing_new(findings: list[Finding]) -> None:
    assert covered(settle(findings)) == covered(findings)


@given(FINDINGS)
def test_settled_findings_are_in_text_order_and_do_not_overlap(findings: list[Finding]) -> None:
    settled = settle(findings)
    assert all(one.end <= other.start for one, other in pairwise(settled))
    assert all(one.start < one.end for one in settled)


@given(FINDINGS)
def test_every_place_is_named_by_the_surest_finding_there(findings: list[Finding]) -> None:
    for one in settle(findings):
        for place in range(one.start, one.end):
            assert one.score == max(other.score for other in findings if other.start <= place < other.end)


@given(FINDINGS)
def test_settling_again_changes_nothing(findings: list[Finding]) -> None:
    assert settle(settle(findings)) == settle(findings)


def test_ten_times_the_findings_take_about_ten_times_as_long() -> None:
    """An attacker can fill a complaint with telephone numbers; the worker must not be busy with them for minutes."""
    few, many = _comparisons(500), _comparisons(5_000)
    assert many / few < 20


def _comparisons(count: int) -> int:
    """Return how many starts and ends settling looks at, which a busy machine does not change."""
    looks = 0

    class Counting(Finding):
        def __getattribute__(self, name: str) -> object:
            nonlocal looks
            looks += name in {"start", "end"}
            return super().__getattribute__(name)

    settle(
        Counting(start=7 * at, end=7 * at + 9, entity="ID", score=0.5 + at % 2 / 4, recogniser="test")
        for at in range(count)
    )
    return looks
