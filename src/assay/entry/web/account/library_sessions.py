"""The account library's table of sessions without what the library does on its own: it would keep their keys."""

from allauth.usersessions.apps import UserSessionsConfig


class LibrarySessions(UserSessionsConfig):  # type: ignore[misc]
    """Lists sessions in the library's table; `service/sign_in/begin_session.py` writes the rows."""

    def ready(self) -> None:
        """Listen to none of the library's signals."""
