"""Folders of files as tar archives, with an index by which each file can be compared."""

import gzip
import hashlib
import os
import stat
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from scripts.backup.faults import Damaged, Differs, Missing, Refused
from scripts.backup.streams import CHUNK, Hashed

Index = dict[str, dict[str, Any]]
Wanted = Callable[[str], bool]
_MOST_NAMED = 5


def everything(path: str) -> bool:  # noqa: ARG001  # one of several choices
    """Leave nothing out."""
    return True


def write(root: Path, sink: Any, wanted: Wanted = everything) -> Index:
    """Write a folder as a tar archive to `sink` and return what went into it.

    A file that is deleted meanwhile is left out; one that grows is taken at the size it had.

    Raises Missing, where something cannot be read.
    """
    index: Index = {}
    with tarfile.open(fileobj=sink, mode="w|", format=tarfile.PAX_FORMAT) as archive:
        for path, name in _below(root, wanted):
            try:
                _add(archive, path, name, index)
            except FileNotFoundError:
                continue
            except PermissionError as error:
                raise Missing(f"{path} cannot be read: {error.strerror}") from error
    return index


def _add(archive: tarfile.TarFile, path: Path, name: str, index: Index) -> None:
    info = archive.gettarinfo(path, arcname=name)
    entry: dict[str, Any] = {"mode": stat.S_IMODE(info.mode)}
    if info.issym():
        archive.addfile(info)
        entry["link"] = info.linkname
    elif info.isdir():
        archive.addfile(info)
        entry["folder"] = True
    else:
        # Hard links would be stored once and refer to a name: here each file stands for itself.
        info.type, info.linkname = tarfile.REGTYPE, ""
        with path.open("rb") as file:
            info.size = os.fstat(file.fileno()).st_size
            reader = Hashed(file)
            archive.addfile(info, reader)
        entry |= {"size": info.size, "sha256": reader.sha256.hexdigest()}
    index[name] = entry


def read(source: Any, *, keep: Wanted | None = None) -> tuple[Index, dict[str, bytes]]:
    """Return the index of an archive, and the content of the files to keep.

    Raises Damaged.
    """
    index: Index = {}
    kept: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=source, mode="r|") as archive:
            for info in archive:
                entry: dict[str, Any] = {"mode": info.mode}
                if info.issym():
                    entry["link"] = info.linkname
                elif info.isdir():
                    entry["folder"] = True
                else:
                    file = archive.extractfile(info)
                    assert file is not None  # noqa: S101
                    sha256 = hashlib.sha256()
                    pieces = []
                    while data := file.read(CHUNK):
                        sha256.update(data)
                        if keep and keep(info.name):
                            pieces.append(data)
                    entry |= {"size": info.size, "sha256": sha256.hexdigest()}
                    if keep and keep(info.name):
                        kept[info.name] = b"".join(pieces)
                index[info.name] = entry
    except tarfile.TarError as error:
        raise Damaged(f"An archive of files is broken: {error}") from error
    return index, kept


def extract(source: Any, target: Path, *, compressed: bool = False) -> None:
    """Unpack an archive into a folder, with modes, and owners where this account may set them.

    Raises Damaged, also for an archive that would write outside of the folder.
    """
    target.mkdir(parents=True, exist_ok=True)
    try:
        # pg_basebackup writes several gzip streams into one file; tarfile reads only the first.
        plain = gzip.GzipFile(fileobj=source) if compressed else source
        with tarfile.open(fileobj=plain, mode="r|") as archive:
            # Python's own filters would take permissions away, so _inside() looks instead.
            archive.extraction_filter = lambda info, _: info
            archive.extractall(target, members=_inside(archive), numeric_owner=True)  # noqa: S202
    except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Damaged(f"An archive of files cannot be unpacked: {error}") from error


def _inside(archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    for info in archive:
        parts = PurePosixPath(info.name).parts
        if info.name.startswith("/") or ".." in parts or info.isdev() or info.islnk():
            raise Damaged(f"An archive holds {info.name}, which does not belong there.")
        yield info


def of_folder(root: Path, wanted: Wanted = everything) -> Index:
    """Return the index of what lies in a folder now."""
    index: Index = {}
    for path, name in _below(root, wanted):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            index[name] = {"mode": mode, "link": str(path.readlink())}
        elif path.is_dir():
            index[name] = {"mode": mode, "folder": True}
        elif path.is_file():
            sha256 = hashlib.sha256()
            with path.open("rb") as file:
                while data := file.read(CHUNK):
                    sha256.update(data)
            size = path.stat().st_size
            index[name] = {"mode": mode, "size": size, "sha256": sha256.hexdigest()}
    return index


def compare(what: str, saved: Index, restored: Index) -> None:
    """Hold the files that were restored against those that were saved.

    Raises Differs, which names the first that do.
    """
    wrong = sorted(
        name for name in {*saved, *restored} if _content(saved, name) != _content(restored, name)
    )
    if wrong:
        more = f" and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
        named = ", ".join(wrong[:_MOST_NAMED])
        raise Differs(f"The {what} restored differ from those saved: {named}{more}.")


def refuse_differences(target: Path, saved: Index, there: Index) -> None:
    """Refuse to go on where a file in the way is not the one that was saved.

    Raises Refused, which names the first.
    """
    differ = sorted(name for name in there if _content(saved, name) != _content(there, name))
    if differ:
        raise Refused(
            f"{target} has {', '.join(differ[:_MOST_NAMED])} with another content; nothing is "
            "restored over it. Move it away first."
        )


def move_missing(source: Path, target: Path, index: Index) -> None:
    """Move what the target lacks, folders first; owners and modes go with it."""
    for name in sorted(index):
        missing = target / name
        if missing.is_symlink() or missing.exists():
            continue
        if "folder" in index[name]:
            missing.mkdir()
            _own_as(source / name, missing)
        else:
            (source / name).rename(missing)


def _own_as(pattern: Path, path: Path) -> None:
    told = pattern.stat()
    if os.geteuid() == 0:
        os.chown(path, told.st_uid, told.st_gid)
    path.chmod(stat.S_IMODE(told.st_mode))


def _content(index: Index, name: str) -> Any:
    entry = index.get(name)
    # An unpacked folder or link may get other permissions (umask, setgid), a file must not.
    if entry is not None and "sha256" not in entry:
        return {key: value for key, value in entry.items() if key != "mode"}
    return entry


def _below(root: Path, wanted: Wanted) -> Iterator[tuple[Path, str]]:
    if not root.is_dir():
        raise Missing(f"The folder {root} is not there.")
    for folder, folders, files in os.walk(root, onerror=_unreadable):
        names = {
            name: str(PurePosixPath(Path(folder, name).relative_to(root)))
            for name in sorted([*folders, *files])
        }
        names = {name: relative for name, relative in names.items() if wanted(relative)}
        folders[:] = [name for name in sorted(folders) if name in names]
        for name, relative in names.items():
            path = Path(folder, name)
            if not path.is_socket():
                yield path, relative


def _unreadable(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise Missing(f"{error.filename} cannot be read: {error.strerror}") from error
