"""Complaints from invented people, for the demo and the benchmarks."""

from typing import Any

WASHING_MACHINE: dict[str, Any] = {
    "narrative": (
        "My name is Mara Lindholm and the washing machine you delivered on Monday to 14 Harbour Lane leaks. "
        "I called twice, on 020 7946 0018, and a Mr. Brian Holloway promised that somebody would ring me back. "
        "Nobody did. My order is ORD-762278. Please write to mara.lindholm@example.com; my card 4111 1111 1111 1111 "
        "was charged £349.00 for a machine that I cannot use."
    ),
    "contact": {
        "name": "Mara Lindholm",
        "email": "mara.lindholm@example.com",
        "phone": "020 7946 0018",
        "address": "14 Harbour Lane, Exampleton",
    },
    "order_reference": "ORD-762278",
    "product": "Washing machine",
    "issue": "Fault after delivery",
    "desired_outcome": "Collect the machine and pay back the £349.00.",
    "language": "en",
}

INTERNET: dict[str, Any] = {
    "narrative": (
        "The internet at our flat has been down since 3 November. Your technician, Tomasz Zielinski, came without the "
        "part he needed and left after five minutes. When I wrote to the help desk from priya.raman@example.org they "
        "asked for my account number again, which is 48120-7733. I work from home and I have lost three days of pay."
    ),
    "contact": {"name": "Priya Raman", "email": "priya.raman@example.org", "phone": "+44 7700 900123"},
    "order_reference": "48120-7733",
    "product": "Home internet",
    "issue": "No connection",
    "desired_outcome": "A working line this week and a refund for the days without it.",
    "language": "en",
}

_SENTENCES = (
    "I bought the item on 12 October and it stopped working after two days.",
    "I spoke to {name} in the shop on Mill Road and was told to wait.",
    "My number is {phone} and I asked to be called in the evening because I work shifts.",
    "The e-mail address on the account is {email}, the reference is {reference}.",
    "Under the consumer rules I believe that I am entitled to a repair, a replacement or my money back.",
    "The first payment of $129.50 was taken twice and only one of them was returned.",
    "I kept the box, the receipt and all the letters, and I can send copies of them.",
    "The technician did not come at the time that was agreed, nor did anyone tell me.",
    "I have been a customer for eleven years and never had a reason to write before.",
    "Please tell me who is looking into this and by when I may expect an answer.",
    "The chat closed while I was still typing, and the copy of it that was promised to me has not come.",
    "My neighbour, who ordered the same thing on the same day, got hers within the week.",
)


def sample(number: int) -> dict[str, Any]:
    """Return the complaint number `number` of an endless series, every one different.

    About 1,100 characters, as long as a consumer complaint to a public agency is on average.
    """
    name = ("Ada", "Bruno", "Chiara", "Dilip", "Edda", "Femi")[number % 6] + " Sample" + "aeiou"[number % 5] + "ra"
    values = {
        "name": name,
        "phone": f"555-{100 + number % 900:03}-{1000 + number % 9000:04}",
        "email": f"person{number}@example.com",
        "reference": f"REF-{100_000 + number}",
    }
    text = " ".join(_SENTENCES[(number + place) % len(_SENTENCES)] for place in range(len(_SENTENCES)))
    return {
        "narrative": f"{text.format(**values)} {_SENTENCES[number % 7].format(**values)}",
        "contact": {"name": name, "email": values["email"], "phone": values["phone"]},
        "order_reference": values["reference"],
        "language": "en",
    }
