import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest

from tests.source_files import bomb_zip, encrypted_zip, link_zip, raw_named_zip, zip_of
from zones.errors import SourceError, SourceLimitError
from zones.formats.unpack_zip import Archive

MEGABYTE = 1024 * 1024


def opened(content: bytes, *, max_bytes: int = 500 * MEGABYTE) -> Archive:
    return Archive(io.BytesIO(content), max_bytes=max_bytes)


def refusal(content: bytes) -> str:
    with pytest.raises(SourceError) as caught:
        opened(content)
    assert caught.value.text("zh").message
    assert caught.value.text("en").hint
    return caught.value.code


def test_members_keep_their_paths_and_lose_the_case_of_their_suffix() -> None:
    members = opened(zip_of({"数据/ROADS.SHP": b"x", "数据/roads.dbf": b"y"})).members
    assert [str(member.path) for member in members] == ["数据/ROADS.SHP", "数据/roads.dbf"]
    assert [member.suffix for member in members] == [".shp", ".dbf"]
    assert members[0].stem == members[1].stem
    assert members[0].layer == "ROADS"


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_a_mark_are_read_as_utf8_or_gbk(encoding: str) -> None:
    packed = raw_named_zip([("沈阳市和平区.shp".encode(encoding), b"")])
    assert opened(packed).members[0].layer == "沈阳市和平区"


def test_a_name_marked_as_utf8_is_read_so() -> None:
    packed = raw_named_zip([("街道界线图.shp".encode(), b"")], utf8=True)
    assert opened(packed).members[0].layer == "街道界线图"


def test_a_name_in_neither_utf8_nor_gbk_is_read_as_code_page_437() -> None:
    packed = raw_named_zip([(b"caf\x82 .shp", b"")])
    assert opened(packed).members[0].layer == "café "


def test_a_gbk_name_whose_second_byte_is_a_backslash_is_a_plain_name() -> None:
    name = "乗車場所.shp".encode("gbk")
    assert b"\\" in name
    assert opened(raw_named_zip([(name, b"")])).members[0].layer == "乗車場所"


def test_the_unicode_name_beside_a_garbled_one_is_preferred() -> None:
    told = "地块.shp".encode()
    garbled = b"????.shp"
    extra = struct.pack("<BI", 1, zlib.crc32(garbled)) + told
    info = zipfile.ZipInfo(garbled.decode())
    info.extra = struct.pack("<HH", 0x7075, len(extra)) + extra
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, b"")
    assert opened(buffer.getvalue()).members[0].layer == "地块"


def test_junk_of_a_macintosh_and_dot_files_are_passed_over() -> None:
    packed = zip_of({"__MACOSX/._a.shp": b"", "a/.DS_Store": b"", "a/a.shp": b"", "a/a.sbn": b""})
    assert [member.path.name for member in opened(packed).members] == ["a.shp", "a.sbn"]


@pytest.mark.parametrize(
    "name",
    ["../layer.shp", "a/../../layer.shp", "/etc/layer.shp", "C:/layer.shp", "a\\layer.shp"],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert refusal(raw_named_zip([(name.encode(), b"x")])) == "zip-name"


def test_a_name_with_a_nul_or_of_more_than_200_characters_is_refused() -> None:
    assert refusal(raw_named_zip([(b"layer.shp\x00.txt", b"x")])) == "zip-name"
    assert refusal(zip_of({"n" * 201: b"x"})) == "zip-name"


def test_links_encrypted_members_and_archives_within_are_refused() -> None:
    assert refusal(link_zip()) == "zip-not-a-file"
    assert refusal(encrypted_zip()) == "zip-encrypted"
    assert refusal(zip_of({"inner.zip": b"x"})) == "zip-nested"


def test_names_that_differ_by_case_alone_are_refused() -> None:
    assert refusal(zip_of({"a.shp": b"x", "A.SHP": b"y"})) == "zip-twins"


def test_five_hundred_members_are_taken_and_one_more_is_not() -> None:
    assert len(opened(zip_of({f"{index}.txt": b"" for index in range(500)})).members) == 500
    with pytest.raises(SourceLimitError):
        opened(zip_of({f"{index}.txt": b"" for index in range(501)}))


def test_what_is_compressed_more_than_a_hundred_times_is_refused_above_a_megabyte() -> None:
    assert refusal(bomb_zip(2)) == "zip-ratio"
    assert opened(zip_of({"a.dbf": bytes(MEGABYTE)})).members[0].size == MEGABYTE


def test_the_declared_sizes_are_summed_before_anything_is_unpacked() -> None:
    packed = zip_of({"a.shp": bytes(600_000), "b.shp": bytes(600_000)})
    with pytest.raises(SourceLimitError) as caught:
        opened(packed, max_bytes=MEGABYTE)
    assert caught.value.code == "unzipped-too-large"


def test_a_member_that_is_larger_than_it_declares_is_not_unpacked(tmp_path: Path) -> None:
    lying = zip_of({"a.shp": bytes(500_000)}).replace(
        (500_000).to_bytes(4, "little"), (1000).to_bytes(4, "little")
    )
    archive = opened(lying)
    with pytest.raises(SourceError) as caught:
        archive.extract(archive.members[0], tmp_path / "out")
    assert caught.value.code == "zip-member-damaged"
    assert (tmp_path / "out").stat().st_size <= 1000


def test_bytes_are_counted_again_while_unpacking(tmp_path: Path) -> None:
    archive = opened(zip_of({"a.shp": bytes(600_000)}), max_bytes=MEGABYTE)
    archive.extract(archive.members[0], tmp_path / "once")
    with pytest.raises(SourceLimitError):
        archive.extract(archive.members[0], tmp_path / "twice")


def test_files_that_are_no_zip_or_half_of_one_are_told_apart() -> None:
    assert refusal(b"just text") == "not-a-zip"
    assert refusal(zip_of({"a.shp": b"x" * 1000})[:-30]) == "zip-damaged"


def test_a_member_whose_bytes_were_changed_is_not_unpacked(tmp_path: Path) -> None:
    packed = bytearray(zip_of({"a.shp": bytes(range(256)) * 40}))
    packed[60] ^= 0xFF
    archive = opened(bytes(packed))
    with pytest.raises(SourceError) as caught:
        archive.extract(archive.members[0], tmp_path / "out")
    assert caught.value.code == "zip-member-damaged"


def test_other_methods_of_compression_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.shp", b"x" * 100)
    assert refusal(buffer.getvalue()) == "zip-method"
