"""The last digits of a payment card or an account."""

from gateway.detection.shapes import Shape, ShapeRecogniser

RECOGNISER = ShapeRecogniser(
    "card-endings",
    "CARD",
    [
        Shape(r"\b(?:ending|ends|ended)(?:[ ](?:in|with|on))?[ ]?[:#]?[ ]?(?P<value>[x*]{0,12}\d{4})\b", 0.7),
        Shape(
            r"\blast[ ](?:four|4)(?:[ ](?:digits|numbers))?(?:[ ](?:is|are|of))?[ ]?[:#]?[ ]?(?P<value>\d{4})\b", 0.7
        ),
    ],
)
