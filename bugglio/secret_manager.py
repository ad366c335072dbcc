"""Google's Secret Manager: bring one secret's bytes, or say why not and how to mend it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient


class SecretFault(Exception):
    """The secret cannot be read, or is not what it should be: a sentence for people, without any of its values."""


class SecretManager:
    """
    Fetches the newest version of a secret from Google's Secret Manager.

    Each fetch has a connection of its own: one every 5 minutes costs nothing, and a connection that an instance kept
    while it was frozen is often dead without knowing it.
    """

    def __init__(self, name: str, project: str, connect: "Callable[[], SecretManagerServiceClient]") -> None:
        """`name` alone or as a resource name; `project` may be empty where Google's libraries can tell it."""
        self._name = name
        self._project = project
        self._connect = connect

    def __call__(self, patience: float) -> bytes:
        """Return the secret's bytes within `patience` seconds, or raise `SecretFault` that says how to mend it."""
        path = self._name
        try:
            path = resource_name(self._name, self._project or _project_of_credentials)
            return self._access(path, patience)
        except SecretFault:
            raise
        except Exception as error:  # noqa: BLE001 - whatever Google's libraries raise, the last secret goes on
            raise SecretFault(_explained(error, path, patience)) from None

    def _access(self, path: str, patience: float) -> bytes:
        """One call, retried while Google is busy or away."""
        from google.api_core import exceptions
        from google.api_core.retry import Retry, if_exception_type

        busy = if_exception_type(
            exceptions.ServiceUnavailable, exceptions.ResourceExhausted, exceptions.InternalServerError
        )
        retry = Retry(predicate=busy, initial=0.1, maximum=1.0, multiplier=2, timeout=patience)
        with self._connect() as connected:
            response = connected.access_secret_version(name=path, retry=retry, timeout=patience)
        return _checked(response.payload)


def client() -> "SecretManagerServiceClient":
    """A client as Google's library makes it, with the credentials of where it runs."""
    from google.cloud.secretmanager_v1 import SecretManagerServiceClient

    return SecretManagerServiceClient()


def _checked(payload: Any) -> bytes:
    """The payload's bytes, if they are those that were stored."""
    import google_crc32c

    data = bytes(payload.data)
    if "data_crc32c" in payload and google_crc32c.value(data) != payload.data_crc32c:
        raise SecretFault("The secret arrived damaged: its CRC32C checksum does not fit its bytes.")
    return data


def resource_name(name: str, project: str | Callable[[], str]) -> str:
    """Secret Manager's name of a version: the one that was said, or else the latest."""
    if "/versions/" in name:
        return name
    if not name.startswith("projects/"):
        name = f"projects/{project if isinstance(project, str) else project()}/secrets/{name}"
    return f"{name}/versions/latest"


def _project_of_credentials() -> str:
    """The project that Google's libraries find: of the credentials, gcloud's, or the metadata server's."""
    import google.auth

    project = google.auth.default()[1]
    if not project:
        raise SecretFault("No Google Cloud project is known, so no secret can be found; expected GOOGLE_CLOUD_PROJECT.")
    return str(project)


def _explained(error: Exception, path: str, patience: float) -> str:
    """What Google said about a secret, and how to mend it."""
    if isinstance(error, ImportError):
        return f"The secret {path} cannot be read: {error}. To mend it: pip install -r requirements.txt"
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError

    said = " ".join(str(getattr(error, "message", error)).split())[:200]
    project, name = _parts(path)
    if isinstance(error, GoogleAuthError):
        return f"The secret {path} cannot be read without credentials (gcloud auth application-default login): {said}"
    if isinstance(error, exceptions.NotFound):
        mend = f"gcloud secrets create {name}{project} --data-file=settings.json"
    elif isinstance(error, exceptions.Forbidden):
        mend = _permission(said, name, project)
    elif isinstance(error, exceptions.FailedPrecondition):
        mend = f"gcloud secrets versions add {name}{project} --data-file=settings.json"
    else:
        return f"The secret {path} could not be read; it was given {patience:g} seconds. {type(error).__name__}: {said}"
    return f"The secret {path} cannot be read. Google says: {said.rstrip('.')}. To mend it: {mend}"


def _permission(said: str, name: str, project: str) -> str:
    """A refusal is about the service being off in the project, or about who asks."""
    if "has not been used" in said or "disabled" in said:
        return f"gcloud services enable secretmanager.googleapis.com{project}"
    return (
        f"gcloud secrets add-iam-policy-binding {name}{project}"
        " --member=serviceAccount:ACCOUNT_OF_THE_FUNCTION --role=roles/secretmanager.secretAccessor"
    )


def _parts(path: str) -> tuple[str, str]:
    """The project as gcloud's option, and the secret's own name."""
    parts = path.split("/")
    if len(parts) < 4:
        return "", path
    return f" --project={parts[1]}", parts[3]
