"""Presidio's own recognisers: which of them serve which of our entities, and how they are configured.

`policies/redaction.yaml` speaks of few kinds of personal data; Presidio has one entity for each recogniser.
"""

import tldextract
from presidio_analyzer import EntityRecognizer, Pattern, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts
from presidio_analyzer.predefined_recognizers import (
    CreditCardRecognizer,
    CryptoRecognizer,
    EmailRecognizer,
    IbanRecognizer,
    IpRecognizer,
    MacAddressRecognizer,
    MedicalLicenseRecognizer,
    NhsRecognizer,
    PhoneRecognizer,
    SpacyRecognizer,
    UkNinoRecognizer,
    UrlRecognizer,
    UsBankRecognizer,
    UsItinRecognizer,
    UsLicenseRecognizer,
    UsPassportRecognizer,
    UsSsnRecognizer,
)

ENTITIES = {
    "CREDIT_CARD": "CARD",
    "CRYPTO": "ID",
    "EMAIL_ADDRESS": "EMAIL",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP_ADDRESS",
    "LOCATION": "LOCATION",
    "MAC_ADDRESS": "IP_ADDRESS",
    "MEDICAL_LICENSE": "ID",
    "PERSON": "PERSON",
    "PHONE_NUMBER": "PHONE",
    "UK_NHS": "NATIONAL_ID",
    "UK_NINO": "NATIONAL_ID",
    "URL": "URL",
    "US_BANK_NUMBER": "ID",
    "US_DRIVER_LICENSE": "ID",
    "US_ITIN": "NATIONAL_ID",
    "US_PASSPORT": "NATIONAL_ID",
    "US_SSN": "NATIONAL_ID",
}
"""Presidio's entity → ours."""

_SHORTEST_PHONE = 7

# 13 to 19 digits in any grouping; the recogniser checks the check digit. Its own pattern knows no 2-series Mastercard.
_CARD = Pattern("card number", r"(?<![\w.\-])[2-6](?:[ \-]?\d){12,18}(?![\w\-])", 0.3)


class _LongPhoneRecognizer(PhoneRecognizer):
    """Passes over what is too short to reach anybody; Presidio's takes the 1681 of "15 U.S.C. 1681" for a number."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return the telephone numbers of seven digits or more."""
        del nlp_artifacts
        found = super().analyze(text, entities)
        return [result for result in found if sum(map(str.isdigit, text[result.start : result.end])) >= _SHORTEST_PHONE]


def stock_recognisers() -> list[EntityRecognizer]:
    """Return Presidio's recognisers as we use them. None of them reaches for the network."""
    # The e-mail recogniser would fetch the list of public suffixes on first use; the package carries a copy.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    return [
        CreditCardRecognizer(patterns=[_CARD]),
        CryptoRecognizer(),
        EmailRecognizer(),
        IbanRecognizer(),
        IpRecognizer(),
        MacAddressRecognizer(),
        MedicalLicenseRecognizer(),
        NhsRecognizer(),
        _LongPhoneRecognizer(name="PhoneRecognizer"),
        SpacyRecognizer(supported_entities=["PERSON", "LOCATION"]),
        UkNinoRecognizer(),
        UrlRecognizer(patterns=[Pattern("web address", r"\b(?:https?://|www\.)[^\s<>\"']{3,500}", 0.9)]),
        UsBankRecognizer(),
        UsItinRecognizer(),
        UsLicenseRecognizer(),
        UsPassportRecognizer(),
        UsSsnRecognizer(),
    ]
