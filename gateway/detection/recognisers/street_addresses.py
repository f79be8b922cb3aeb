"""Street lines, post boxes and postcodes; the language model knows towns, but seldom more than half of a street.

The endings of street names are those of USPS Publication 28, appendix C1, and the British ones.
"""

import re

from gateway.detection.shapes import Shape, ShapeRecogniser

_ENDINGS = (
    "Alley|Annex|Arcade|Ave|Avenue|Bayou|Beach|Bend|Blvd|Bluff|Boulevard|Branch|Bridge|Brook|Bypass|Camp|Canyon|Cape"
    "|Causeway|Cent(?:er|re)|Cir|Circle|Cliff|Close|Club|Common|Corner|Course|Court|Cove|Creek|Crescent|Crest|Crossing"
    "|Crossroad|Ct|Curve|Dale|Dam|Divide|Dr|Drive|Drove|Estate|Expressway|Extension|Fall|Ferry|Field|Flat|Ford|Forest"
    "|Forge|Fork|Fort|Freeway|Garden|Gateway|Glen|Green|Grove|Harbor|Haven|Height|Highway|Hill|Hollow|Hwy|Inlet|Island"
    "|Isle|Junction|Key|Knoll|Lake|Landing|Lane|Light|Ln|Loaf|Lock|Lodge|Loop|Mall|Manor|Meadow|Mew|Mill|Mission"
    "|Motorway|Mount|Mountain|Neck|Orchard|Oval|Overpass|Parade|Park|Parkway|Pass|Passage|Path|Pike|Pine|Pkwy|Place"
    "|Plain|Plaza|Point|Port|Prairie|Radial|Ramp|Ranch|Rapid|Rd|Rest|Ridge|Rise|River|Road|Route|Row|Run|Shoal|Shore"
    "|Skyway|Spring|Spur|Square|St|Station|Stream|Street|Summit|Terrace|Throughway|Trace|Track|Trafficway|Trail|Tunnel"
    "|Turnpike|Underpass|Union|Valley|Via|Viaduct|View|Village|Ville|Vista|Walk|Wall|Way|Well|Wynd"
)
_SIDE = r"(?:[NSEW]|N[EW]|S[EW]|North|South|East|West)\.?"
_ENDING = rf"(?:{_ENDINGS})s?\b\.?(?:[ ]{_SIDE}\b)?"
_UNIT = r"(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|Room|Rm|Lot|Bldg|#)\.?[ ]?#?[A-Za-z0-9\-]{1,6}\b"
_NUMBER = r"(?<![\w$€£.,/\-])\d{1,6}[A-Za-z]?(?:[\-/]\d{1,4})?"
_NAME = r"(?:[A-Z][\w'.\-]{0,20},?[ ]|\d{1,3}(?:st|nd|rd|th)[ ]|del?[ ]|la[ ]|of[ ])"
_TOWN = r"(?:,?\s{1,3}(?:[A-Z][\w'.\-]{1,20},?[ ]){1,3}[A-Z]{2}\b(?:[ ]\d{5}(?:-\d{4})?\b)?)"
_PLAIN = "street|avenue|road|boulevard|lane|terrace|blvd"

RECOGNISER = ShapeRecogniser(
    "street-addresses",
    "ADDRESS",
    [
        Shape(rf"{_NUMBER},?[ ](?:{_SIDE}[ ])?{_NAME}{{1,4}}{_ENDING}(?:,?[ ]{_UNIT}){{0,2}}{_TOWN}?", 0.7, re.NOFLAG),
        Shape(rf"{_NUMBER}[ ]{_NAME}{{1,4}}{_UNIT}{_TOWN}?", 0.7, re.NOFLAG),
        Shape(rf"{_NUMBER}[ ](?:[a-z]{{1,15}}[ ]){{1,3}}(?:{_PLAIN})\b(?:,?[ ]{_UNIT})?", 0.6),
        Shape(r"\bP\.?[ ]?O\.?[ ]?Box[ ]\d{1,8}\b", 0.8),
        Shape(r"\b[A-Z]{2}[ ]\d{5}(?:-\d{4})?\b", 0.6, re.NOFLAG),
        Shape(r"\b[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2}\b", 0.6, re.NOFLAG),
    ],
)
