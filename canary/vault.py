"""The vault: what would hand a thief the decoys is sealed, and found again without being opened.

Fields are AES-256-GCM with the table, column and row bound as associated data, so that a sealed
value moved to another row does not open. Look-ups go through a blind index, HMAC-SHA-256 under a
key of its own. All keys come by HKDF-SHA-256 from the keyring in the master key file.
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from canary.errors import BadInput, BadKey

KEY_BYTES = 32
NONCE_BYTES = 12
INDEX_BYTES = 16
FORMAT = 1
MOST_KEYS = 255
"""A key's id is one byte of each sealed value."""
PRIVATE_MODE = 0o600


class Vault:
    """A keyring: the first key indexes for ever, the last key seals, every key opens."""

    def __init__(
        self, keys: dict[int, bytes], reread: Callable[[], dict[int, bytes]] | None = None
    ) -> None:
        """Take key ids (1 to 255, in the order they were made) with 32 secret bytes each.

        ``reread`` is asked once for the ring when something was sealed with a key not in it: it
        was rotated meanwhile.
        """
        self._keys = keys
        self._reread = reread
        self._active = max(keys)
        self._index_root = keys[min(keys)]
        self._cipher = lru_cache(maxsize=256)(self._derive_cipher)
        self._index_key = lru_cache(maxsize=64)(self._derive_index_key)

    @property
    def key_ids(self) -> list[int]:
        """Ids of the keys, oldest first; the last one seals."""
        return sorted(self._keys)

    def seal(self, place: str, row: str, plain: str) -> bytes:
        """Seal ``plain`` for one row of one column; ``place`` is ``table.column``.

        Returns:
            One format byte, one key id byte, a 12-byte nonce, ciphertext and a 16-byte tag.
        """
        nonce = secrets.token_bytes(NONCE_BYTES)
        cipher = self._cipher(self._active, place)
        sealed = cipher.encrypt(nonce, plain.encode(), _bound(place, row))
        return bytes((FORMAT, self._active)) + nonce + sealed

    def open(self, place: str, row: str, sealed: bytes) -> str:
        """Open what ``seal`` made for the same place and row.

        Raises:
            BadKey: the key is not in the ring, or the value was changed or moved.
        """
        head = 2 + NONCE_BYTES
        if len(sealed) < head or sealed[0] != FORMAT or not self._has(sealed[1]):
            raise BadKey(
                says=f"A field of {place} was sealed with a key that is not in the key file.",
                fix="Restore the master key file that belongs to this database.",
            )
        cipher = self._cipher(sealed[1], place)
        try:
            plain = cipher.decrypt(sealed[2:head], sealed[head:], _bound(place, row))
        except InvalidTag:
            raise BadKey(
                says=(
                    f"A field of {place} in row {row} does not open: it was changed, moved or "
                    "sealed with another key."
                ),
                fix="Restore the database and its master key file from the same backup.",
            ) from None
        return plain.decode()

    def index(self, kind: str, text: str) -> bytes:
        """Return the blind index of ``text``: 16 bytes, equal for equal text of the same kind."""
        return hmac.digest(self._index_key(kind), text.encode(), "sha256")[:INDEX_BYTES]

    def _has(self, key_id: int) -> bool:
        if key_id not in self._keys and self._reread is not None:
            with suppress(BadKey):
                self._keys = {**self._reread(), **self._keys}
                self._active = max(self._keys)
        return key_id in self._keys

    def _derive_cipher(self, key_id: int, place: str) -> AESGCM:
        return AESGCM(_derived(self._keys[key_id], f"canary/field/{place}"))

    def _derive_index_key(self, kind: str) -> bytes:
        return _derived(self._index_root, f"canary/index/{kind}")


def _bound(place: str, row: str) -> bytes:
    return f"{place}:{row}".encode()


def _derived(root: bytes, purpose: str) -> bytes:
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(root)


def create_key_file(path: Path) -> bool:
    """Make a key file with one new key, mode 0600; return False when there is one already."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = _written_beside(path, {1: secrets.token_bytes(KEY_BYTES)})
    try:
        os.link(beside, path)  # fails where a rename would replace a key that is in use
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True


def rotate_key_file(path: Path) -> int:
    """Add a new key that seals from now on, and return its id; the older ones still open.

    Raises:
        BadInput: the ring is full.
        BadKey: the file is missing or is not a key file.
    """
    keys = _read(path)
    newest = max(keys) + 1
    if newest > MOST_KEYS:
        raise BadInput(
            says=f"The keyring is full: {MOST_KEYS} keys.",
            fix="Re-seal the database into a new home.",
        )
    _written_beside(path, {**keys, newest: secrets.token_bytes(KEY_BYTES)}).replace(path)
    return newest


def open_vault(path: Path) -> Vault:
    """Read the key file.

    Raises:
        BadKey: the file is missing, readable by others, or is not a key file.
    """
    return Vault(_read(path), lambda: _read(path))


def _read(path: Path) -> dict[int, bytes]:
    try:
        text = path.read_text()
        mode = path.stat().st_mode & 0o077
    except OSError:
        raise BadKey(
            says=f"There is no master key at {path}.",
            fix="Run `canary init` to make a new home, or point CANARY_MASTER_KEY_FILE at the key.",
        ) from None
    if mode:
        raise BadKey(says=f"Others may read the master key {path}.", fix=f"Run `chmod 600 {path}`.")
    try:
        ring = {int(key): base64.b64decode(text) for key, text in json.loads(text)["keys"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        ring = {}
    usable = all(1 <= i <= MOST_KEYS and len(key) == KEY_BYTES for i, key in ring.items())
    if not ring or not usable:
        raise BadKey(says=f"{path} is not a master key file.", fix="Restore it from a backup.")
    return ring


def _written_beside(path: Path, keys: dict[int, bytes]) -> Path:
    text = json.dumps({"keys": {str(i): base64.b64encode(k).decode() for i, k in keys.items()}})
    beside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_MODE)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    return beside
