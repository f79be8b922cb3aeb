"""Accounts and sessions in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, delete, func, insert, select, update

from gateway.core.staff import Session, User
from gateway.store.tables import sessions, users


class SqlStaff:
    """Implements `usecases.ports.Staff`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: User) -> None:
        """Store an account."""
        self._connection.execute(insert(users).values(vars(user)))

    def find(self, username: str) -> User | None:
        """Return the account."""
        row = self._connection.execute(select(users).where(users.c.username == username)).one_or_none()
        return User(**row._mapping) if row else None  # noqa: SLF001  # the documented way to a row's names

    def count(self) -> int:
        """Return how many accounts there are."""
        return self._connection.scalars(select(func.count()).select_from(users)).one()

    def all(self) -> list[User]:
        """Return every account, by username."""
        rows = self._connection.execute(select(users).order_by(users.c.username))
        return [User(**row._mapping) for row in rows]  # noqa: SLF001  # the same

    def set_disabled(self, user_id: UUID, *, disabled: bool) -> None:
        """Close an account, or open it again."""
        self._connection.execute(update(users).where(users.c.id == user_id).values(disabled=disabled))

    def set_password(self, user_id: UUID, password_hash: str, *, must_change: bool) -> None:
        """Store a password; `must_change` unless its owner chose it."""
        self._connection.execute(
            update(users).where(users.c.id == user_id).values(password_hash=password_hash, must_change=must_change)
        )

    def add_session(self, session: Session) -> None:
        """Store a session."""
        self._connection.execute(
            insert(sessions).values(
                id_hash=session.id_hash,
                user_id=session.user.id,
                created_at=session.created_at,
                seen_at=session.seen_at,
            )
        )

    def session(self, id_hash: bytes) -> Session | None:
        """Return the session with its user as it is now."""
        row = self._connection.execute(
            select(sessions.c.created_at, sessions.c.seen_at, users)
            .join(users, users.c.id == sessions.c.user_id)
            .where(sessions.c.id_hash == id_hash)
        ).one_or_none()
        if row is None:
            return None
        fields = dict(row._mapping)  # noqa: SLF001  # the documented way to a row's names
        created_at, seen_at = fields.pop("created_at"), fields.pop("seen_at")
        return Session(id_hash=id_hash, created_at=created_at, seen_at=seen_at, user=User(**fields))

    def touch_session(self, id_hash: bytes, seen_at: datetime) -> None:
        """Note that the session was used."""
        self._connection.execute(update(sessions).where(sessions.c.id_hash == id_hash).values(seen_at=seen_at))

    def end_sessions(self, *, id_hash: bytes | None = None, user_id: UUID | None = None) -> int:
        """End one session, or all of a user; return how many."""
        of_session, of_user = sessions.c.id_hash == id_hash, sessions.c.user_id == user_id
        return self._connection.execute(delete(sessions).where(of_session if id_hash else of_user)).rowcount
