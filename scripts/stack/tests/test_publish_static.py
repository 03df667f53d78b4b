from pathlib import Path

from scripts.stack.web.publish_static import publish


def test_files_of_earlier_releases_stay_and_new_ones_are_added(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "admin").mkdir(parents=True)
    (source / "admin" / "base.1.css").write_text("new")
    (source / "logo.svg").write_text("other")
    target.mkdir()
    (target / "base.0.css").write_text("old")
    (target / "logo.svg").write_text("older")

    assert publish(source, target) == 2

    found = {str(path.relative_to(target)): path.read_text() for path in target.rglob("*.*")}
    assert found == {"base.0.css": "old", "admin/base.1.css": "new", "logo.svg": "other"}


def test_a_file_that_is_there_is_not_written_again(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for folder in (source, target):
        folder.mkdir()
        (folder / "base.1.css").write_text("same")
    before = (target / "base.1.css").stat()

    assert publish(source, target) == 0

    assert (target / "base.1.css").stat() == before


def test_a_copy_that_was_cut_off_is_mended(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for folder, content in [(source, "whole"), (target, "who")]:
        folder.mkdir()
        (folder / "base.1.css").write_text(content)

    assert publish(source, target) == 1

    assert (target / "base.1.css").read_text() == "whole"
