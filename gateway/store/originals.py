"""Sealed originals and their wraps in PostgreSQL."""

from uuid import UUID

from sqlalchemy import Connection, delete, insert, select

from gateway.core.sealed import KeyRole, SealedObject, SealedOriginal, SubjectKeyWrap
from gateway.store.tables import sealed_objects, subject_key_wraps


class SqlOriginals:
    """Implements `usecases.ports.Originals`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, original: SealedOriginal) -> None:
        """Store ciphertext, wrapped data key and wraps."""
        self._connection.execute(insert(sealed_objects).values(vars(original.sealed)))
        rows = [{**vars(wrap), "role": wrap.role.value} for wrap in original.wraps]
        self._connection.execute(insert(subject_key_wraps), rows)

    def find(self, complaint_id: UUID, kind: str, role: KeyRole) -> SealedOriginal | None:
        """Return the object with the wrap for `role`; None if either is gone."""
        found = self._connection.execute(
            select(sealed_objects)
            .where(sealed_objects.c.complaint_id == complaint_id, sealed_objects.c.kind == kind)
            .limit(1)
        ).one_or_none()
        if found is None:
            return None
        wrap = self._connection.execute(
            select(subject_key_wraps).where(
                subject_key_wraps.c.subject_key_id == found.subject_key_id, subject_key_wraps.c.role == role.value
            )
        ).one_or_none()
        if wrap is None:
            return None
        return SealedOriginal(
            sealed=SealedObject(**found._mapping),  # noqa: SLF001  # the documented way to a row's names
            wraps=(SubjectKeyWrap(**{**wrap._mapping, "role": role}),),  # noqa: SLF001  # the same
        )

    def delete_wraps(self, complaint_id: UUID, role: KeyRole) -> int:
        """Delete every wrap of the case for `role`; return how many there were."""
        return self._connection.execute(
            delete(subject_key_wraps).where(
                subject_key_wraps.c.complaint_id == complaint_id, subject_key_wraps.c.role == role.value
            )
        ).rowcount
