"""Which commit stands for the release before, in repositories made for it."""

import subprocess
from pathlib import Path

import pytest

from scripts.release_before import Before, NotFound, check_out, find


class Repository:
    """A git repository whose commits each change one file."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Ada")
        self.git("config", "user.email", "ada@shop.example")

    def git(self, *arguments: str) -> str:
        run = subprocess.run(
            ["git", *arguments], cwd=self.root, capture_output=True, text=True, check=True
        )
        return run.stdout.strip()

    def write(self, path: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"# {path}\n")

    def commit(self, path: str, *, tag: str | None = None) -> str:
        self.write(path)
        self.git("add", path)
        self.git("commit", "--quiet", "--no-verify", f"--message={path}")
        if tag:
            self.git("tag", tag)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_the_release_before_is_the_last_tag(repository: Repository) -> None:
    repository.commit("a/migrations/0001.py", tag="v1.9.0")
    last = repository.commit("b.py", tag="v1.10.0")
    repository.commit("c.py")

    assert find(repository.root, None) == Before(last, "the last release, v1.10.0")


def test_a_release_is_compared_with_the_one_before_it(repository: Repository) -> None:
    first = repository.commit("a.py", tag="v1.0.0")
    repository.commit("b.py", tag="v1.1.0")

    assert find(repository.root, None) == Before(first, "the last release, v1.0.0")


def test_without_a_release_it_is_the_last_commit_with_other_migrations(
    repository: Repository,
) -> None:
    repository.commit("a/migrations/0001.py")
    before = repository.commit("b.py")
    repository.commit("a/migrations/0002.py")
    repository.commit("c.py")

    assert find(repository.root, None).commit == before


def test_migrations_that_are_not_committed_yet_count(repository: Repository) -> None:
    head = repository.commit("a/migrations/0001.py")
    repository.write("a/migrations/0002.py")

    assert find(repository.root, None).commit == head


def test_a_given_ref_is_taken_as_it_is(repository: Repository) -> None:
    first = repository.commit("a.py")
    repository.commit("b.py", tag="v1.0.0")

    assert find(repository.root, "HEAD~1") == Before(first, "HEAD~1, as asked for")


@pytest.mark.parametrize("ref", [None, "v9.9.9"])
def test_nothing_to_compare_with_is_said(repository: Repository, ref: str | None) -> None:
    repository.commit("a/migrations/0001.py")

    with pytest.raises(NotFound):
        find(repository.root, ref)


def test_a_checkout_has_the_files_of_its_commit_and_no_others(
    repository: Repository, tmp_path: Path
) -> None:
    first = repository.commit("a.py")
    repository.commit("b.py")
    folder = tmp_path / "code"
    folder.mkdir()

    check_out(repository.root, Before(first, ""), folder)

    assert [file.name for file in folder.iterdir()] == ["a.py"]
