"""Account, order, case and other numbers, by the word before them or by their length alone."""

from gateway.detection.shapes import Shape, ShapeRecogniser

_CUES = (
    "account|acct|a/c|application|awb|booking|case|certificate|claim|client|complaint|confirmation|consignment|contract"
    "|customer|dispute|docket|employee|file|folio|imei|incident|invoice|loan|member|membership|mrn|order|parcel|permit"
    "|licen[cs]e|pnr|policy|receipt|ref|reference|registration|report|request|reservation|serial|sim|ticket|tracking"
    "|transaction|user|vin|voucher|id"
)
_LINKS = r"(?:[ \t]{0,2}(?:number|numbers|num|no|nr|id|code|is|was|ending|ends|in|of|[#.:=(\-])){0,5}[ \t]{0,2}"
_NEITHER_DATE_NOR_YEAR = r"(?!\d{1,4}[/\-]\d{1,2}[/\-]\d{1,4}\b|(?:19|20)\d\d\b(?![\-/ ]?\d))"
_VALUE = r"(?=[A-Z\-/]{0,8}\d)[A-Z0-9]{1,20}(?:[\-/][A-Z0-9]{1,20}){0,6}(?:[ ]\d{2,8}){0,5}"

RECOGNISER = ShapeRecogniser(
    "reference-numbers",
    "ID",
    [
        Shape(rf"\b(?:{_CUES})\b{_LINKS}{_NEITHER_DATE_NOR_YEAR}(?=[\w\-/ ]{{4}})(?P<value>{_VALUE})(?![\w%])", 0.7),
        Shape(rf"#[ ]?{_NEITHER_DATE_NOR_YEAR}(?=[\w\-/]{{4}})(?P<value>{_VALUE})\b", 0.6),
        Shape(r"(?<![\w$€£¥.,/\-])\d{7,19}(?![\w/]|[.,]\d)", 0.4),
        Shape(r"(?<![\w$€£¥.,/\-])(?=(?:-?\d){7})\d{2,8}(?:-\d{2,8}){1,5}(?![\w/\-])", 0.4),
        Shape(r"(?<![\w\-])[A-Z]{1,5}-?\d{5,16}[A-Z]{0,3}(?![\w\-])", 0.4),
    ],
)
