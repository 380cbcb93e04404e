import pytest

from zones.encoding.decide_encoding import EncodingFinding, certain_utf8, decide_encoding
from zones.encoding.encoding_names import known_codec
from zones.encoding.trial_decoding import EncodedText, decode_text
from zones.errors import SourceError
from zones.questions_to_people import DecisionNeeded

NAMES = ["和平区", "沈阳站", "太原街步行街"]


def texts(encoding: str, names: list[str] = NAMES) -> list[EncodedText]:
    return [EncodedText(name.encode(encoding)) for name in names]


def decided(
    found: list[EncodedText], *, declared: str | None = None, override: str | None = None
) -> EncodingFinding:
    return decide_encoding(found, declared=declared, override=override)


@pytest.mark.parametrize("label", [None, "UTF-8", "936", "ISO-8859-1", "1252", "nonsense"])
@pytest.mark.parametrize(("encoding", "name"), [("utf-8", "UTF-8"), ("gbk", "GB18030")])
def test_the_bytes_decide_whatever_the_label_says(
    encoding: str, name: str, label: str | None
) -> None:
    found = decided(texts(encoding), declared=label)
    assert (found.name, found.basis, found.declared) == (name, "bytes", label)
    assert found.samples == tuple(NAMES)


def test_text_of_ascii_alone_needs_no_decision() -> None:
    assert decided(texts("ascii", ["abc", "& <b>"])).basis == "ascii"


def test_one_text_that_is_not_utf8_decides_against_it_however_many_are() -> None:
    found = decided([*texts("ascii", ["x"] * 1000), *texts("gbk", ["北"])])
    assert found.name == "GB18030"


def test_western_text_is_read_by_its_label_when_nothing_else_fits() -> None:
    found = decided([EncodedText("Café".encode("latin-1"))], declared="ISO-8859-1")
    assert (found.name, found.basis, found.samples) == ("latin-1", "declared", ("Café",))


def test_text_that_nothing_fits_is_a_problem_that_shows_the_bytes() -> None:
    with pytest.raises(SourceError) as caught:
        decided([EncodedText(b"\xff\xfe\xff")])
    assert caught.value.code == "text-encoding"
    assert "\\xff" in str(caught.value.text("zh"))


def test_the_person_importing_can_overrule_the_bytes() -> None:
    raw = "臺北".encode("big5")
    found = decided([EncodedText(raw)], override="Big5")
    assert (found.name, found.basis, found.samples) == ("cp950", "option", ("臺北",))
    assert "GB18030" in [reading.name for reading in found.alternatives]


def test_chinese_in_utf_8_has_no_other_reading_beside_it() -> None:
    found = decided(texts("utf-8"))
    assert (found.name, found.alternatives) == ("UTF-8", ())
    short = decided([EncodedText("é".encode())])  # passes for a character of GBK
    assert "GB18030" in [reading.name for reading in short.alternatives]


def test_an_override_that_does_not_fit_or_is_unknown_is_refused() -> None:
    with pytest.raises(SourceError, match="cannot be read") as wrong:
        decided(texts("gbk"), override="utf-8")
    assert wrong.value.code == "encoding-override-wrong"
    with pytest.raises(SourceError) as unknown:
        decided(texts("gbk"), override="rot13")
    assert unknown.value.code == "encoding-unknown"


def test_gbk_that_passes_for_accents_in_utf8_is_read_by_its_label() -> None:
    raw = "拢漏".encode("gbk")
    assert raw.decode("utf-8") == "£©"
    assert decided([EncodedText(raw)], declared="936").name == "GB18030"
    assert decided([EncodedText(raw)]).name == "UTF-8"


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_character_cut_by_the_end_of_a_full_field_is_left_out(encoding: str) -> None:
    cut = EncodedText("和平区".encode(encoding)[:-1], full=True)
    found = decided([*texts(encoding), cut])
    assert found.cut == 1
    assert decode_text(cut, found.name) == "和平"


def test_a_cut_character_in_a_field_with_room_left_is_no_text_of_that_encoding() -> None:
    with pytest.raises(SourceError):
        decided([EncodedText("和平".encode()[:-1], full=False)])


@pytest.mark.parametrize("label", ["UTF-8", "utf8", "65001", "CP65001"])
def test_labels_of_utf8(label: str) -> None:
    assert known_codec(label) == "UTF-8"


@pytest.mark.parametrize("label", ["GBK", "gb2312", "936", "cp936", "ANSI 936", "windows-936"])
def test_labels_of_gbk(label: str) -> None:
    assert known_codec(label) == "GB18030"


@pytest.mark.parametrize(
    ("codec", "labels"),
    {
        "UTF-8": ("UTF8", "utf-8 ", "utf_8", "UTF-8-SIG"),
        "GB18030": ("GB2312", "x-gbk", "EUC-CN", "OEM 936", "ms936"),
        "cp949": ("EUC-KR", "euckr", "cp949", "949", "UHC", "KS_C_5601-1987", "51949"),
        "cp932": ("Shift_JIS", "SJIS", "windows-31j", "932"),
        "euc_jp": ("EUC-JP",),
        "koi8-r": ("KOI8-R", "20866"),
        "iso8859-2": ("latin2", "ISO-8859-2", "ISO 8859-2", "88592", "28592"),
        "iso8859-15": ("latin9", "ISO 8859-15"),
        "latin-1": ("88591", "ISO 8859-1", "l1"),
        "cp1251": ("windows-1251", "ANSI 1251", "1251"),
        "cp1258": ("cp1258",),
        "cp866": ("OEM 866", "IBM866"),
    }.items(),
)
def test_the_usual_labels_are_known(codec: str, labels: tuple[str, ...]) -> None:
    assert {label: known_codec(label) for label in labels} == dict.fromkeys(labels, codec)
    assert known_codec(codec) == codec


@pytest.mark.parametrize("label", ["OEM", "ANSI", "rot13", "UTF-16", "punycode", "LDID 0x99", ""])
def test_what_is_no_label_or_cannot_be_one(label: str) -> None:
    assert known_codec(label) is None


@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_a_label_that_is_not_known_is_told(encoding: str) -> None:
    remarks = decided(texts(encoding), declared="X-WANSUNG").remarks()
    assert [(item.code, item.params["declared"]) for item in remarks] == [
        ("encoding-label-unknown", "X-WANSUNG")
    ]
    assert decided(texts("ascii", ["abc"]), declared="X-WANSUNG").remarks() == ()


TAIPEI = ["臺北市中正區", "重慶南路一段", "總統府廣場"]


def question(found: list[EncodedText], declared: str | None = None) -> list[str]:
    """Return the encodings that a person is asked to choose from, in order."""
    with pytest.raises(DecisionNeeded) as asked:
        decided(found, declared=declared)
    assert asked.value.text("zh").message
    return [candidate.options["encoding"] for candidate in asked.value.question.candidates]


@pytest.mark.parametrize("label", [None, "UTF-8", "936", "Big5"])
def test_text_in_big5_that_passes_for_gbk_is_asked_about(label: str | None) -> None:
    assert question(texts("big5", TAIPEI), label) == ["cp950", "GB18030"]
    assert question(texts("big5", TAIPEI), "latin1") == ["cp950", "latin-1", "GB18030"]


def test_accents_that_pass_for_rare_characters_are_asked_about_if_a_label_names_them() -> None:
    names = [EncodedText(name.encode("latin-1")) for name in ("Pérez", "Müller")]
    assert question(names, "ISO 88591") == ["latin-1", "GB18030"]


def test_texts_of_two_encodings_are_each_read_in_their_own() -> None:
    found = decided([*texts("gbk"), *texts("utf-8", ["南市场", "北站"])])
    assert (found.name, found.mixed) == ("GB18030", 2)
    assert [problem.code for problem in found.remarks()] == ["encoding-mixed"]
    assert decode_text(EncodedText("南市场".encode()), found.codec) == "南市场"
    assert decode_text(EncodedText("南市场".encode("gbk")), found.codec) == "南市场"


@pytest.mark.parametrize(
    ("label", "codec", "names"),
    [
        ("EUC-KR", "cp949", ["한국말", "서울특별시"]),
        ("Shift_JIS", "cp932", ["東京タワー", "さくら通り"]),
        ("KOI8-R", "koi8-r", ["Москва", "Пушкин"]),
        ("windows-1251", "cp1251", ["Москва", "Казань"]),
        ("ISO-8859-7", "iso8859-7", ["Αθήναι", "ΠΑΤΡΑΣ"]),
    ],
)
def test_text_of_another_writing_that_passes_for_gbk_is_asked_about(
    label: str, codec: str, names: list[str]
) -> None:
    assert question(texts(codec, names), label)[0] == codec


@pytest.mark.parametrize("label", ["EUC-KR", "Shift_JIS"])
def test_chinese_under_a_label_of_another_writing_comes_first(label: str) -> None:
    assert question(texts("gbk", ["和平区市政府", "和平广场"]), label)[0] == "GB18030"


@pytest.mark.parametrize("label", ["KOI8-R", "windows-1251", "iso-8859-7", "windows-1252"])
def test_chinese_under_the_label_of_an_alphabet_is_read(label: str) -> None:
    found = decided(texts("gbk"), declared=label)
    assert (found.name, [item.code for item in found.remarks()]) == (
        "GB18030",
        ["encoding-label-wrong"],
    )


@pytest.mark.parametrize(
    ("codec", "names"),
    [
        ("cp932", ["東京都千代田区", "大阪市北区", "カタカナ"]),
        ("cp932", ["田中", "佐藤", "鈴木"]),
        ("euc_jp", ["さくら公園", "東京都", "みどり"]),
        ("cp949", ["서울특별시", "한국말", "강남구", "부산광역시", "대구", "인천"]),
        ("cp1251", ["Москва", "Парк культуры"]),
        ("cp1252", ["Zürich", "Straße"]),
    ],
)
def test_texts_of_other_writings_without_a_label_are_asked_about(
    codec: str, names: list[str]
) -> None:
    """Each passes for GB18030, and read so is nothing that anybody wrote."""
    texts = [EncodedText(name.encode(codec)) for name in names]
    with pytest.raises(DecisionNeeded) as needed:
        decide_encoding(texts)
    first = needed.value.question.candidates[0]
    assert first.options == {"encoding": codec}
    assert set(first.samples) <= set(names)


@pytest.mark.parametrize(
    "names", [["垚", "喆", "堃"], ["道路", "公园"], ["茶の屋", "和平区", "烧烤"]]
)
def test_chinese_is_not_asked_about(names: list[str]) -> None:
    assert decide_encoding([EncodedText(name.encode("gbk")) for name in names]).name == "GB18030"


@pytest.mark.parametrize("declared", [None, "gbk", "utf-8", "x-unknown"])
def test_chinese_in_utf8_is_found_without_trying_others(declared: str | None) -> None:
    found = texts("utf-8", [f"地块{n}" for n in range(20)])
    text = b"\n".join(each.raw for each in found)
    assert certain_utf8(text, declared=declared) == decided(found, declared=declared)


@pytest.mark.parametrize(
    "found",
    [
        [],
        texts("gbk"),
        texts("utf-8", ["é"]),
        texts("utf-8") + texts("gbk"),
        [*texts("utf-8"), EncodedText("地".encode()[:2])],
    ],
    ids=range(5),
)
def test_what_may_be_in_another_encoding_is_not_certain(found: list[EncodedText]) -> None:
    assert certain_utf8(b"\n".join(each.raw for each in found)) is None
