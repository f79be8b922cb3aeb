"""Reads a page the way that a test needs it, and says what is wrong with how it is made."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"br", "hr", "img", "input", "link", "meta"}
CONTROLS = {"input", "select", "textarea"}


@dataclass
class Element:
    tag: str
    attrs: dict[str, str]
    text: str = ""


@dataclass
class Page(HTMLParser):
    source: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data

    def all(self, tag: str, **attrs: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attrs.items()]

    def one(self, tag: str, **attrs: str) -> Element:
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} of {tag} {attrs}"
        return found[0]

    @property
    def title(self) -> str:
        return self.one("title").text

    def field(self, name: str) -> Element:
        return next(e for e in self.elements if e.tag in CONTROLS and e.attrs.get("name") == name)

    def value(self, name: str) -> str:
        control = self.field(name)
        # A browser drops one line break right after <textarea>.
        return control.text.removeprefix("\n") if control.tag == "textarea" else control.attrs["value"]


def faults(page: Page) -> list[str]:
    """Return what a person with a screen reader, or a strict policy, would stumble over."""
    ids = [e.attrs["id"] for e in page.elements if "id" in e.attrs]
    named = {e.attrs["for"] for e in page.all("label")}
    controls = [e for e in page.elements if e.tag in CONTROLS and e.attrs.get("type") != "hidden"]
    pointed = [
        (e.tag, target)
        for e in page.elements
        for name in ("aria-describedby", "aria-labelledby", "for")
        for target in e.attrs.get(name, "").split()
    ]
    links = [e.attrs["href"][1:] for e in page.all("a") if e.attrs["href"].startswith("#")]
    levels = [1, *(int(e.tag[1]) for e in page.elements if e.tag in {"h1", "h2", "h3", "h4"})]
    return [
        *(f"<{e.tag}> is left open" for e in page.open),
        *(f"id {one} stands twice" for one in ids if ids.count(one) > 1),
        *(f"{e.attrs['name']} has no label" for e in controls if e.attrs.get("id") not in named),
        *(f"{tag} points to {target}, which is not there" for tag, target in pointed if target not in ids),
        *(f"a link leads to #{target}, which is not there" for target in links if target not in ids),
        *(f"h{a} is followed by h{b}" for a, b in pairwise(levels) if b > a + 1),
        *(f"{e.tag} has no name" for e in page.elements if e.tag in {"a", "button"} and not e.text.strip()),
        *(f"{e.tag} has {name}" for e in page.elements for name in e.attrs if name == "style" or name.startswith("on")),
        *(f"<{e.tag}> stands in the page" for e in page.elements if e.tag == "style" or _inline_script(e)),
        *(f"there are {len(page.all(tag))} of {tag}" for tag in ("h1", "main", "title") if len(page.all(tag)) != 1),
        *(["the page does not say its language"] if not page.one("html").attrs.get("lang") else []),
    ]


def _inline_script(element: Element) -> bool:
    return element.tag == "script" and "src" not in element.attrs
