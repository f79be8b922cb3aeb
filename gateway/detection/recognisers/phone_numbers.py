"""Telephone numbers that Presidio's own recogniser passes over because no country assigns them, or not so written."""

from gateway.detection.shapes import Shape, ShapeRecogniser

_CUES = "phone|telephone|tel|mobile|cell|cellphone|whatsapp|fax|call|called|calling|dial|reach|ring|text|texted"
_LINKS = r"(?:\W{1,3}(?:number|num|no|is|was|at|on|me|us|my|from|back|to)\b){0,4}\W{1,3}"
_NO_DATE = r"(?!\d{1,4}[\-.]\d{1,2}[\-.]\d{1,4}\b)"

RECOGNISER = ShapeRecogniser(
    "phone-numbers",
    "PHONE",
    [
        Shape(r"(?<![\w+])\+(?:[ .\-()]{0,2}\d){8,15}(?!\d)", 0.7),
        Shape(r"(?<![\w.\-])(?:1[ .\-])?(?:\(\d{3}\)[ .\-]?|\d{3}[ .\-])\d{3}[ .\-]\d{4}(?![\w\-])", 0.6),
        Shape(r"(?<![\w.,/\-$€£])0\d(?:[ \-]?\d){7,10}(?![\w/\-])", 0.45),
        Shape(rf"\b(?:{_CUES})\b{_LINKS}{_NO_DATE}(?P<value>\(?\d(?:[ .\-()]{{0,2}}\d){{6,14}})(?![\w/])", 0.6),
    ],
)
