"""The classes that the network tells apart, and how other labels map onto them.

One class per kind and one for ordinary text, without begin and inside marks: two values of one kind hardly ever touch
in a complaint, and marks would split the probability that a character is sensitive, which is what a threshold is set on
(1 minus ordinary). Companies, dates and web addresses are classes of their own although they stay readable: a network
that must say "company" learns to stop saying "person".
"""

CLASSES = (
    "O",
    "PERSON",
    "EMAIL",
    "PHONE",
    "ADDRESS",
    "CITY",
    "ZIP",
    "DOB",
    "ID",
    "NATIONAL_ID",
    "CARD",
    "IBAN",
    "IP",
    "USERNAME",
    "VEHICLE",
    "URL",
    "ORG",
    "DATE",
)
ORDINARY = 0
READABLE = frozenset({"O", "CITY", "URL", "ORG", "DATE"})  # classes that do not count as a leak when they stay
SAME_AS = {
    "STATE": "CITY",
    "GPE": "CITY",
    "SSN": "NATIONAL_ID",
    "DL": "NATIONAL_ID",
    "MRN": "ID",
    "NPI": "ID",
    "CREDIT_CARD": "CARD",
}


def class_of(label: str) -> int:
    """Return the class number of a label; a label that is nobody's (a title, a nationality) is ordinary text."""
    name = SAME_AS.get(label, label)
    return CLASSES.index(name) if name in CLASSES else ORDINARY
