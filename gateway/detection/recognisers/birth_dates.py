"""Dates of birth: dates that a cue introduces. Other dates are not personal data here."""

from gateway.detection.shapes import Shape, ShapeRecogniser

_CUE = r"\b(?:d\.?o\.?b\.?|dates?[ ]of[ ]birth|birth[ ]?dates?|birthday|born)(?:[ ](?:on|is|was|the)){0,3}\W{0,4}"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"\d{1,4}[/.\- ]\d{1,2}[/.\- ]\d{2,4}"
    rf"|{_MONTH}[ \-]\d{{1,2}}(?:st|nd|rd|th)?,?[ \-]\d{{2,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?:[ ]of)?[ \-]{_MONTH},?[ \-]\d{{2,4}}"
)

RECOGNISER = ShapeRecogniser("birth-dates", "DATE_OF_BIRTH", [Shape(rf"{_CUE}(?P<value>{_DATE})\b", 0.8)])
