"""Which file system a path lies on, by the system's own table."""

import os

import pytest

from ecocli.doctor.mounts import file_system, is_network

TABLE = r"""/dev/vda / ext4 rw,relatime 0 0
tmpfs /tmp tmpfs rw 0 0
server:/export /home/ann nfs4 rw,vers=4.2 0 0
//nas/stick /media/my\040stick cifs rw 0 0
/dev/vdb /mnt ext4 rw 0 0
me@host: /mnt fuse.sshfs rw 0 0
odd
"""


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "mounts"
    file.write_text(TABLE)
    return file


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/eco.db", "ext4"),
        ("/home/ann/.local/share/eco/eco.db", "nfs4"),
        ("/home/ann", "nfs4"),
        ("/home/anna/eco.db", "ext4"),
        ("/media/my stick/eco.db", "cifs"),
        ("/mnt/eco.db", "fuse.sshfs"),  # the later one hides what it is mounted over
    ],
)
def test_the_longest_place_above_a_path_counts(table, path, kind):
    assert file_system(type(table)(path), table) == kind


def test_a_link_lies_where_it_leads(table, tmp_path):
    (tmp_path / "link").symlink_to("/home/ann/eco.db")
    assert file_system(tmp_path / "link", table) == "nfs4"


def test_without_a_table_nothing_is_known(tmp_path):
    assert file_system(tmp_path, tmp_path / "none") is None
    assert not is_network(None)


@pytest.mark.parametrize(("kind", "network"), [("nfs", True), ("nfs4", True), ("cifs", True), ("9p", True), ("fuse.sshfs", True), ("ext4", False), ("tmpfs", False), ("btrfs", False), ("fuse", False)])
def test_file_systems_of_other_machines(kind, network):
    assert is_network(kind) is network


@pytest.mark.skipif(not os.path.exists("/proc/self/mounts"), reason="no such table here")
def test_this_machine_s_own(tmp_path):
    assert file_system(type(tmp_path)("/proc/self")) == "proc"
    assert file_system(tmp_path) not in (None, "proc")
