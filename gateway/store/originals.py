"""Sealed originals and their wraps in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, insert, select

from gateway.core.complaint import Complaint
from gateway.core.sealed import KeyRole, SealedObject, SealedOriginal, SubjectKeyWrap
from gateway.store.complaints import COMPLAINT_COLUMNS, complaint_from
from gateway.store.tables import complaints, sealed_objects, subject_key_wraps

# Statements that every complaint passes through are built once.
_ADD = insert(sealed_objects)
_ADD_WRAPS = insert(subject_key_wraps).values(
    [
        {column.name: bindparam(f"{column.name}_{number}", type_=column.type) for column in subject_key_wraps.columns}
        for number in range(len(KeyRole))
    ]
)
"""One row for each role in one statement."""
_BOTH = (*sealed_objects.columns, *subject_key_wraps.columns)
_FIND = (
    select(*_BOTH)
    .join(subject_key_wraps, subject_key_wraps.c.subject_key_id == sealed_objects.c.subject_key_id)
    .where(sealed_objects.c.complaint_id == bindparam("of"), sealed_objects.c.kind == bindparam("kind"))
    .where(subject_key_wraps.c.role == bindparam("role"))
    .limit(1)
)
_TAKE = (
    _FIND.add_columns(*COMPLAINT_COLUMNS)
    .join(complaints, complaints.c.id == sealed_objects.c.complaint_id)
    .with_for_update(of=complaints)
)
_DELETE_WRAPS = delete(subject_key_wraps).where(
    subject_key_wraps.c.complaint_id == bindparam("of"), subject_key_wraps.c.role == bindparam("role")
)


class SqlOriginals:
    """Implements `usecases.ports.Originals`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, original: SealedOriginal) -> None:
        """Store ciphertext, wrapped data key and wraps."""
        self._connection.execute(_ADD, vars(original.sealed))
        rows = ({**vars(wrap), "role": wrap.role.value} for wrap in original.wraps)
        values = {f"{name}_{number}": value for number, row in enumerate(rows) for name, value in row.items()}
        self._connection.execute(_ADD_WRAPS, values)

    def find(self, complaint_id: UUID, kind: str, role: KeyRole) -> SealedOriginal | None:
        """Return the object with the wrap for `role`; None if either is gone."""
        row = self._connection.execute(_FIND, {"of": complaint_id, "kind": kind, "role": role.value}).one_or_none()
        return _original(tuple(row)) if row else None

    def take(self, complaint_id: UUID, kind: str, role: KeyRole) -> tuple[Complaint, SealedOriginal] | None:
        """Return the complaint, held until the transaction ends, with what `find` returns; None if that is None."""
        row = self._connection.execute(_TAKE, {"of": complaint_id, "kind": kind, "role": role.value}).one_or_none()
        return (complaint_from(row[len(_BOTH) :]), _original(row[: len(_BOTH)])) if row else None

    def delete_wraps(self, complaint_id: UUID, role: KeyRole) -> int:
        """Delete every wrap of the case for `role`; return how many there were."""
        return self._connection.execute(_DELETE_WRAPS, {"of": complaint_id, "role": role.value}).rowcount


def _original(row: Sequence[Any]) -> SealedOriginal:
    values = dict(zip(_BOTH, row, strict=True))
    wrap = {column.name: values[column] for column in subject_key_wraps.columns}
    return SealedOriginal(
        sealed=SealedObject(**{column.name: values[column] for column in sealed_objects.columns}),
        wraps=(SubjectKeyWrap(**{**wrap, "role": KeyRole(wrap["role"])}),),
    )
