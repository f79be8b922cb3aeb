from datetime import UTC, datetime

import pytest

from gateway.web.wording import duration, moment, paragraphs, term


@pytest.mark.parametrize(
    ("iri", "words"),
    [
        ("dpv:DisputeManagement", "dispute management"),
        ("cg:EraseAfterRetention", "erase after retention"),
        ("eu-gdpr:A6-1-f", "GDPR, Article 6(1)(f)"),
        ("eu-gdpr:A15", "GDPR, Article 15"),
        ("loc:EU", "EU"),
        ("https://w3id.org/dpv#CustomerCare", "customer care"),
        ("something", "something"),
        ("strange:", "strange:"),
        ("", ""),
    ],
)
def test_a_term_is_put_into_words(iri: str, words: str) -> None:
    assert term(iri) == words


@pytest.mark.parametrize(
    ("iso", "words"), [("P90D", "90 days"), ("P1Y", "1 year"), ("P1Y6M", "P1Y6M"), ("soon", "soon"), ("", "")]
)
def test_a_duration_is_put_into_words_or_left_alone(iso: str, words: str) -> None:
    assert duration(iso) == words


def test_a_time_is_shown_in_utc_and_kept_for_machines() -> None:
    shown = '<time datetime="2026-11-22T12:01:00+00:00">22 November 2026, 12:01 UTC</time>'
    assert moment("2026-11-22T14:01:00+02:00") == shown
    assert moment(datetime(2026, 11, 22, 12, 1, tzinfo=UTC)) == shown
    assert moment("<not a time>") == "&lt;not a time&gt;"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("Your rights\nYou can ask.", "<h3>Your rights</h3><p>You can ask.</p>"),
        ("Reference: A\nReceived: B", "<p>Reference: A<br>Received: B</p>"),
        ("1 Example Street\nExampletown", "<p>1 Example Street<br>Exampletown</p>"),
        ("x" * 90 + "\nend.", "<p>" + "x" * 90 + " end.</p>"),
        ("- a\n- <b>", "<ul><li>a</li><li>&lt;b&gt;</li></ul>"),
        ("<script>", "<p>&lt;script&gt;</p>"),
        ("", ""),
        ("\n \n", ""),
    ],
)
def test_plain_text_becomes_paragraphs_headings_and_lists(text: str, html: str) -> None:
    assert paragraphs(text) == html
